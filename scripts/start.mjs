/** Brings up a Jira site with the app installed. Arguments go to the sandbox: `--port`, `--world`, … */
import { ensureInstalled } from './ensure-install.mjs';
import { buildFrontEnd } from './front-end.mjs';
import { become, typescript } from './run.mjs';

await ensureInstalled();
const built = await buildFrontEnd();
if (built.code !== 0) process.exit(built.code);
await become(typescript('sandbox/main.ts', ...process.argv.slice(2)));
