/** People read what a schema says about their input; nothing here may load the words by another way. */
import { expect, test } from 'vitest';
import type { App } from '../../src/app';
import { appInput, roleInput } from '../../src/contracts/admin';
import { credentialSchema } from '../../src/directories/credential';
import { row } from '../../src/entrypoints/resolvers/dispatch';
import { readWish } from '../../src/requests/model/wish';

const app = {} as App;
const caller = { accountId: 'admin' };
const problems = async (schema: typeof appInput | typeof roleInput, payload: unknown) => {
  const one = row(
    schema,
    async () => undefined,
    async () => ({ ok: true, value: null }),
  );
  const answer = await one.run(app, payload, caller);
  return answer.ok ? [] : answer.problem.inputs;
};

test('an administrator is told in words what is wrong with which input', async () => {
  expect(await problems(appInput, { id: 'Figma!', name: '', owner: 7, colour: 'red' })).toEqual([
    { path: 'id', problem: 'lower-case letters, digits and dashes' },
    { path: 'name', problem: 'Too small: expected string to have >=1 characters' },
    { path: 'owner', problem: 'Invalid input: expected string, received number' },
    { path: 'all', problem: 'Unrecognized key: "colour"' },
  ]);
});

test('a choice that is not offered is answered with what is', async () => {
  expect(await problems(roleInput, { risk: 'high' })).toContainEqual({
    path: 'risk',
    problem: 'Invalid option: expected one of "routine"|"sensitive"|"privileged"|"break-glass"',
  });
});

test('a form that was tampered with is described in words', () => {
  const panel = { app: 'figma', duration: -1, reason: 'x'.repeat(4001) };
  const wish = readWish({ panel, fields: {}, descriptionText: '' }, { approvers: 'f-1' }, {});
  expect(wish).toMatchObject({
    ok: false,
    error: {
      facts: {
        problems: [
          expect.stringContaining('duration: '),
          'reason: Too big: expected string to have <=4000 characters',
        ],
      },
    },
  });
});

test('a credential that is not complete says what is missing', () => {
  const { error } = credentialSchema.safeParse({ kind: 'okta-token' });
  expect(error?.issues.map((i) => `${i.path.join('.')} ${i.message}`)).toEqual([
    'token Invalid input: expected string, received undefined',
  ]);
});
