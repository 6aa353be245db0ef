import { describe, expect, test } from 'vitest';
import { answersFrom } from '../../src/requests/answers';
import { aRequest } from '../builders/requests';

const asked = (about: readonly ('role' | 'duration' | 'reason')[]) =>
  aRequest({ state: 'asked', asked: [...about] });
const comment = (text: string, by = 'requester') => ({ by, text });

describe('a comment', () => {
  test.each<[string, ('role' | 'duration' | 'reason')[], Record<string, string>]>([
    ['Editor', ['role'], { role: 'Editor' }],
    ['6 hours', ['duration'], { duration: '6 hours' }],
    ['Editor, 6 hours', ['role', 'duration'], { role: 'Editor', duration: '6 hours' }],
    ['6 hours\nEditor', ['role', 'duration'], { role: 'Editor', duration: '6 hours' }],
    [
      'Editor; 1 day; the new logo',
      ['role', 'duration', 'reason'],
      { role: 'Editor', duration: '1 day', reason: 'the new logo' },
    ],
  ])('"%s" answers what was asked', (text, about, answers) => {
    expect(answersFrom(asked(about), comment(text))).toEqual(answers);
  });

  test('of anybody but the requester answers nothing', { tags: ['approved-in-a-comment'] }, () => {
    expect(answersFrom(asked(['role']), comment('Editor', 'friend'))).toBeUndefined();
  });

  test.each(['received', 'waiting', 'approved', 'granted', 'attention', 'ended'] as const)(
    'decides nothing while the request is %s, whatever it says',
    { tags: ['approved-in-a-comment'] },
    (state) => {
      const request = aRequest({ state, asked: ['role'] });
      for (const text of ['approved', 'Approved!', 'I approve', 'Editor'])
        for (const by of ['requester', 'approver'])
          expect(answersFrom(request, comment(text, by))).toBeUndefined();
    },
  );

  test('that says nothing answers nothing', () => {
    expect(answersFrom(asked(['role']), undefined)).toBeUndefined();
    expect(answersFrom(asked(['role']), comment(' \n;, '))).toBeUndefined();
    expect(answersFrom(asked(['duration']), comment('soon'))).toBeUndefined();
  });

  test('is kept short', () => {
    const answers = answersFrom(asked(['role']), comment('x'.repeat(5000)));
    expect(answers?.['role']).toHaveLength(500);
  });
});
