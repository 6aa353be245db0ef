import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { tags } from './tags';

const root = path.resolve(import.meta.dirname, '..');

/** The tags that the tests, and the journeys that tests run, name in a `tags: […]` list. */
function carried(): Set<string> {
  const lists = sources().matchAll(/\btags: \[([^\]]*)\]/g);
  return new Set([...lists].flatMap(([, list]) => list?.match(/[a-z0-9-]+/g) ?? []));
}

function sources(): string {
  return ['test', 'sandbox/stories']
    .map((folder) => path.join(root, folder))
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'tags.ts')
    .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

it('no row of the fault table is without a test: write it, or take the row out', () => {
  const covered = carried();
  const empty = tags.map(({ name }) => name).filter((name) => !covered.has(name));
  expect(empty).toEqual([]);
});
