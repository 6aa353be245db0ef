import { describe, expect, test } from 'vitest';
import { failure } from '../../src/directories/classify';
import { changeLine, failedLine, powerLine, tokenLines } from '../../src/directories/self-test';
import { no, ok } from '../../src/shared/result';
import { MemoryDirectory } from '../fakes/memory-directory';
import { FixedClock } from '../fakes/platform';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const NAMING = { id: 'read-groups', name: 'Read groups' };
const TEST = { group: 'g-test', person: 'person-1' };

function aDirectory(): MemoryDirectory {
  const directory = new MemoryDirectory({ now: () => new FixedClock().now() });
  const person = { id: TEST.person, email: 'a@x.example', addresses: [], displayName: 'A' };
  directory.people.set(TEST.person, { ...person, active: true });
  const group = { id: TEST.group, name: 'Test group', privileged: false };
  directory.groups.set(TEST.group, { ...group, writable: true });
  return directory;
}
const line = (directory: MemoryDirectory, which = TEST) => changeLine(directory, which, 'Mend it.');

describe('a line about a failure', () => {
  test('carries the directory’s own words, the request id and how to mend it', () => {
    const refused = failure('scope-missing', 'Somewhere refused it.', {
      requestId: 'req-1',
      said: 'E0000006: You do not have permission',
    });
    expect(failedLine(NAMING, refused, 'Grant the scope.')).toEqual({
      ...NAMING,
      state: 'failed',
      sentence: 'Somewhere refused it.',
      mend: 'Grant the scope.',
      said: 'E0000006: You do not have permission',
      requestId: 'req-1',
    });
  });

  test('that will pass asks nobody to mend anything', () => {
    const { mend } = failedLine(NAMING, failure('server-error', 'It is down.'), 'Grant the scope.');
    expect(mend).toContain('again in a few minutes');
  });
});

describe('the lines about the token', () => {
  const minted = ok({ token: 'secret', lifetime: 3600 });

  test.each([0, 60_000, -60_000])('find the clocks in order when they differ by %i ms', (skew) => {
    const lines = tokenLines('Token', { result: minted, directoryTime: NOW + skew }, NOW, 'Mend.');
    expect(lines.map(({ id, state }) => [id, state])).toEqual([
      ['token', 'passed'],
      ['clock', 'passed'],
    ]);
  });

  test.each([
    [61_000, 'ahead of'],
    [-61_000, 'behind'],
  ])('say so when they differ by %i ms', (skew, word) => {
    const lines = tokenLines('Token', { result: minted, directoryTime: NOW + skew }, NOW, 'Mend.');
    expect(lines[1]).toMatchObject({ id: 'clock', state: 'failed' });
    expect(lines[1]?.sentence).toContain(`61 seconds ${word} ours`);
    expect(lines[1]?.mend).toBeTruthy();
  });

  test('never show the token', { tags: ['secret-leaked'] }, () => {
    const lines = tokenLines('Token', { result: minted, requestId: 'req-1' }, NOW, 'Mend.');
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(lines[0]?.requestId).toBe('req-1');
  });
});

describe('the line about changing', () => {
  test('leaves nothing behind', async () => {
    const directory = aDirectory();
    expect(await line(directory)).toMatchObject({ state: 'passed', requestId: 'req-2' });
    expect(directory.has(TEST)).toBe(false);
    expect(directory.changes()).toEqual(['ensureMember', 'ensureNotMember']);
  });

  test('never removes somebody who was in the group before', {
    tags: ['already-a-member'],
  }, async () => {
    const directory = aDirectory();
    directory.put(TEST, true);
    expect(await line(directory)).toMatchObject({ state: 'not-tested' });
    expect(directory.changes()).toEqual([]);
    expect(directory.has(TEST)).toBe(true);
  });

  test('never removes somebody whom only a late reading did not show', {
    tags: ['already-a-member', 'absent-or-lagging'],
  }, async () => {
    const directory = aDirectory();
    directory.lag = 60;
    await directory.ensureMember(TEST);
    directory.calls.length = 0;
    expect(await line(directory)).toMatchObject({ state: 'not-tested' });
    expect(directory.changes()).toEqual(['ensureMember']);
    expect(directory.has(TEST)).toBe(true);
  });

  test('warns when the directory did not see the person it had just added', {
    tags: ['absent-or-lagging'],
  }, async () => {
    const directory = aDirectory();
    directory.trouble = (call) => (call === 'ensureMember' ? 'lie' : undefined);
    expect(await line(directory)).toMatchObject({ state: 'warning', mend: expect.any(String) });
  });

  test('takes out again whom an unanswered call may have put in', {
    tags: ['answer-lost'],
  }, async () => {
    const directory = aDirectory();
    directory.trouble = (call) => (call === 'ensureMember' ? 'lost' : undefined);
    expect(await line(directory)).toMatchObject({ state: 'failed' });
    expect(directory.has(TEST)).toBe(false);
  });

  test('says that the person is still in the group when that is so', async () => {
    const directory = aDirectory();
    const refused = failure('forbidden', 'Somewhere refused it.');
    directory.trouble = (call) => (call === 'ensureNotMember' ? refused : undefined);
    const told = await line(directory);
    expect(told).toMatchObject({ state: 'failed', mend: expect.any(String) });
    expect(told.sentence).toContain('could not be removed');
    expect(directory.has(TEST)).toBe(true);
  });

  test.each([
    ['no group is chosen', undefined],
    ['the group does not exist', { ...TEST, group: 'nothing' }],
  ])('changes nothing when %s', async (_, which) => {
    const directory = aDirectory();
    const told = await changeLine(directory, which, 'Mend it.');
    expect(told).toMatchObject({ state: 'not-tested', mend: expect.any(String) });
    expect(directory.changes()).toEqual([]);
  });

  test('changes nothing in a group with administrator rights or one that a rule fills', {
    tags: ['privileged-group', 'filled-by-rule'],
  }, async () => {
    const directory = aDirectory();
    const group = { id: TEST.group, name: 'Test group' };
    directory.groups.set(TEST.group, { ...group, writable: true, privileged: true });
    expect((await line(directory)).state).toBe('not-tested');
    const filled = { no: 'rule-managed', sentence: 'A rule fills it.' } as const;
    directory.groups.set(TEST.group, { ...group, writable: filled, privileged: false });
    expect(await line(directory)).toMatchObject({
      state: 'not-tested',
      sentence: 'A rule fills it.',
    });
    expect(directory.changes()).toEqual([]);
  });

  test('says what the directory answered when it refused', async () => {
    const directory = aDirectory();
    const refused = failure('forbidden', 'Somewhere refused it.', { said: 'no', requestId: 'r' });
    directory.trouble = (call) => (call === 'ensureMember' ? refused : undefined);
    expect(await line(directory)).toMatchObject({
      state: 'failed',
      sentence: 'Somewhere refused it.',
      mend: 'Mend it.',
      said: 'no',
      requestId: 'r',
    });
  });

  test('is told from a person who does not exist', async () => {
    const told = await line(aDirectory(), { ...TEST, person: 'nobody' });
    expect(told).toMatchObject({ state: 'failed', mend: expect.any(String) });
  });
});

test('a credential that may do far too much is refused before it is warned about', () => {
  const words = { none: 'Nothing beyond what is needed.', mend: 'Take it away.' };
  const naming = { id: 'power', name: 'Power' };
  const found = (refused: string[], warned: string[]) =>
    powerLine(naming, { refused, warned }, words);
  expect(found([], [])).toMatchObject({ state: 'passed' });
  expect(found([], ['reads mail'])).toMatchObject({ state: 'warning', mend: 'Take it away.' });
  const both = found(['deletes people'], ['reads mail']);
  expect(both).toMatchObject({ state: 'refused', mend: 'Take it away.' });
  expect(both.sentence).toContain('deletes people; reads mail');
});

test('what a directory answers in a way that cannot be sorted out is still a line', () => {
  const odd = no(failure('bad-answer', 'It gave an answer that cannot be read.'));
  expect(tokenLines('Token', { result: odd }, NOW, 'Mend.')).toMatchObject([{ state: 'failed' }]);
});
