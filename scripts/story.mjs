/** `npm run story -- --list | <name> | --all [--json]`: whole journeys over the sandbox's HTTP doors. */
import { ensureInstalled } from './ensure-install.mjs';
import { become, typescript } from './run.mjs';

await ensureInstalled();
await become(typescript('sandbox/stories/main.ts', ...process.argv.slice(2)));
