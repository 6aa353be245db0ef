import { ensureInstalled } from './ensure-install.mjs';
import { buildFrontEnd } from './front-end.mjs';

await ensureInstalled();
const { code, said } = await buildFrontEnd();
console.log(said);
process.exitCode = code;
