'use strict';
/** The worker process: loads one bundle and answers the host's invocations over the IPC channel. */
const path = require('node:path');

const runtime = require(path.join(process.argv[2], '__forge__.cjs'));

process.on('message', (message) => {
  if (message.servers) runtime.setServers(message.servers);
  if (message.id) void invoke(message);
});

async function invoke({ id, event, shiftMs, deadlineMs }) {
  runtime.setShift(shiftMs);
  process.send({ id, result: await runtime.main(event, id, deadlineMs) });
}

// The real runtime survives a stray rejection of an earlier invocation; a sandbox that died of it
// would hide which invocation was to blame.
process.on('unhandledRejection', (cause) => console.error('unhandled rejection', cause));
process.on('disconnect', () => process.exit(0));
