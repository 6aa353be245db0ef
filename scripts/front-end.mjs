/** Builds the front end into `static/app/build`, the one resource that the manifest names. */
import fs from 'node:fs';
import path from 'node:path';
import { root, runNode, tool } from './run.mjs';

export async function buildFrontEnd() {
  if (!fs.existsSync(path.join(root, 'static/app/vite.config.ts'))) {
    return { code: 0, said: 'There is no front end in static/app yet: nothing to build.' };
  }
  const { code, output } = await runNode(tool('vite', 'build', 'static/app'), { quiet: true });
  return { code, said: output.trim() };
}
