import { ensureInstalled } from './ensure-install.mjs';
import { become, typescript } from './run.mjs';

await ensureInstalled();
await become(typescript('test/bench/main.ts', ...process.argv.slice(2)));
