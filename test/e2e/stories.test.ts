import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import type { Addresses } from '../../sandbox/stories/kit/play';
import { tellStory } from '../../sandbox/stories/kit/run';
import { STORIES } from '../../sandbox/stories/stories';
import { seedApp } from '../../sandbox/world/seed-app';
import { type Conformance, lineOf, openConformance } from '../contract/specs/conformance';
import { missingSpecs, whyUnchecked } from '../contract/specs/folder';
import { inWords } from '../contract/specs/report';
import type { Tag } from '../tags';

/** The faults that a story survives and the attacks that it withstands. */
const TAGS: Readonly<Record<string, readonly Tag[]>> = {
  'status-without-consent': ['status-without-consent', 'bulk-transition'],
  'directory-down-at-expiry': ['directory-down'],
  'crash-after-directory-call': ['crash-after-directory-call'],
};

let running: RunningSandbox | undefined;
let addresses: Addresses;
let conformance: Conformance | undefined;
beforeAll(async () => {
  running = await createSandbox({ port: 0, appDir: '.', seedApp });
  ({ addresses } = running);
  if (whyUnchecked) console.warn(whyUnchecked);
  else conformance = await openConformance();
  checkCalls();
}, 180_000);
afterAll(() => running?.close());

/** The calls since the sandbox was last put back to its first state. */
function checkCalls(): void {
  conformance?.checkAll(running?.sandbox.calls.since() ?? []);
}

describe('the stories', () => {
  for (const story of STORIES) {
    it(`${story.name}: ${story.promise}`, { tags: [...(TAGS[story.name] ?? [])] }, async () => {
      const { lines } = await tellStory(story, addresses);
      checkCalls();
      const broken = lines.filter((line) => line.kind === 'check' && !line.ok);
      expect(broken).toEqual([]);
    });
  }

  it.skipIf(missingSpecs.length > 0)(
    'ask and answer nothing that the official descriptions of the APIs do not allow',
    () => {
      const report = conformance?.report();
      if (report) console.log(inWords(report));
      expect(report?.violations.map(lineOf)).toEqual([]);
    },
  );
});
