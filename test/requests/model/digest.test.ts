import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  digestOf,
  type Source,
  type Subject,
  sourceHashOf,
  subjectSchema,
} from '../../../src/requests/model/digest';
import { aSource, aSubject } from '../../builders/requests';

const others: Record<keyof Subject, unknown> = {
  issueId: '502',
  projectId: '10001',
  requestTypeId: '12',
  submitter: 'friend',
  personId: 'person-2',
  connectionId: 'second',
  tenant: 'other.okta.com',
  roleId: 'figma.viewer',
  accessVersion: 2,
  groupIds: ['g-users'],
  duration: null,
  start: '2026-03-03T00:00:00.000Z',
  until: '777',
  reasonHash: 'other',
  policyVersion: 2,
  policyHash: 'other',
};

describe('the digest', () => {
  test.each(Object.entries(others))(
    'changes with the %s',
    {
      tags: [
        'edited-after-approval',
        'moved-to-other-type',
        'cloned-issue',
        'groups-swapped',
        'end-tampered',
      ],
    },
    (name, other) => {
      expect(digestOf(aSubject({ [name]: other }))).not.toBe(digestOf(aSubject()));
    },
  );

  test('covers every member of the subject', () => {
    expect(Object.keys(subjectSchema.def.shape).sort()).toEqual(Object.keys(others).sort());
  });

  test('is the same for the same question', () => {
    const turned = Object.fromEntries(Object.entries(aSubject()).reverse()) as Subject;
    expect(digestOf(turned)).toBe(digestOf(aSubject()));
  });
});

describe('the hash of what people can edit', () => {
  const hash = sourceHashOf(aSource());
  const edits: [string, Partial<Source>][] = [
    ['panel', { panel: { app: 'figma', role: 'figma.admin', duration: 3600 } }],
    ['panel, taken away', { panel: null }],
    ['panel, a member more', { panel: { ...(aSource().panel as object), extra: null } }],
    [
      'panel, a number as text',
      { panel: { app: 'figma', role: 'figma.editor', duration: '3600' } },
    ],
    [
      'panel, text that looks marked',
      { panel: { app: 'figma', role: 'figma.editor', duration: '#3600' } },
    ],
    ['field', { fields: { 'f-app': 'GitHub', 'f-role': null } }],
    ['field, filled', { fields: { 'f-app': 'Figma', 'f-role': 'Admin' } }],
    ['summary', { summary: 'Access to Figma please' }],
    ['description', { description: 'Drawing the new logo.' }],
    ['reporter', { reporter: 'friend' }],
    ['reporter, taken away', { reporter: undefined }],
    ['request type', { requestTypeId: '12' }],
    ['project', { projectId: '10001' }],
  ];
  test.each(edits)(
    'changes with the %s',
    {
      tags: ['edited-after-approval', 'moved-to-other-type'],
    },
    (_, edit) => {
      expect(sourceHashOf(aSource(edit))).not.toBe(hash);
    },
  );

  test('changes with any two values of a field that differ', () => {
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [one, two] = [a, b].map((v) => sourceHashOf(aSource({ fields: { f: v } })));
        expect(one === two).toBe(Object.is(a, b) || (a === 0 && b === 0));
      }),
      {
        examples: [
          [5, '#5'],
          [0.5, '0.5'],
          [5, '5'],
          ['null', null],
        ],
      },
    );
  });

  test('takes fractions and whatever else a foreign property holds', () => {
    const panel = JSON.parse('{"__proto__":{"x":0.5},"list":[1e300,-0.1,{"a":[null]}]}');
    expect(sourceHashOf(aSource({ panel }))).toMatch(/^[0-9a-f]{64}$/);
  });
});
