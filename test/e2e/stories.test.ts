import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import type { Addresses } from '../../sandbox/stories/kit/play';
import { tellStory } from '../../sandbox/stories/kit/run';
import { STORIES } from '../../sandbox/stories/stories';
import { seedApp } from '../../sandbox/world/seed-app';
import type { Tag } from '../tags';

/** The faults that a story survives and the attacks that it withstands. */
const TAGS: Readonly<Record<string, readonly Tag[]>> = {
  'status-without-consent': ['status-without-consent', 'bulk-transition'],
  'directory-down-at-expiry': ['directory-down'],
  'crash-after-directory-call': ['crash-after-directory-call'],
};

let running: RunningSandbox | undefined;
let addresses: Addresses;
beforeAll(async () => {
  running = await createSandbox({ port: 0, appDir: '.', seedApp });
  ({ addresses } = running);
}, 180_000);
afterAll(() => running?.close());

describe('the stories', () => {
  for (const story of STORIES) {
    it(`${story.name}: ${story.promise}`, { tags: [...(TAGS[story.name] ?? [])] }, async () => {
      const { lines } = await tellStory(story, addresses);
      const broken = lines.filter((line) => line.kind === 'check' && !line.ok);
      expect(broken).toEqual([]);
    });
  }
});
