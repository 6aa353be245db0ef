/** Puts the front end where the manifest's one resource points. It is plain HTML so far: nothing is compiled. */
import fs from 'node:fs';
import path from 'node:path';
import { root } from './run.mjs';

const SHIPPED = ['index.html', 'page.css'];

export async function buildFrontEnd() {
  const from = path.join(root, 'static/app');
  const to = path.join(from, 'build');
  fs.rmSync(to, { recursive: true, force: true });
  fs.mkdirSync(to, { recursive: true });
  for (const file of SHIPPED) fs.copyFileSync(path.join(from, file), path.join(to, file));
  return { code: 0, said: `${SHIPPED.length} files in static/app/build` };
}
