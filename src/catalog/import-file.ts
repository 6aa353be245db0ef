/**
 * A whole configuration from a file: read strictly, laid over what stands, shown in words, and applied
 * whole or not at all. What the file does not name is left as it is. A connection comes without its
 * secret and is switched off; roles that need it come as drafts until the file is imported again.
 */
import * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import type { fileInput } from '../contracts/configuration';
import type { Deps } from '../requests/deps';
import '../shared/english';
import { hashOf } from '../shared/canonical';
import { done, no } from './changes';
import { makeSet } from './changeset';
import type { ChangeSet, ProblemLine } from './model/change-set';
import { type ConfigurationFile, configurationFile } from './model/configuration';
import type { Draft } from './model/draft';

const MOST_TOLD = 200;
/** Forge stores 240 KiB a value. */
const LARGEST_PART = 200_000;
const keptPart = z.object({ of: z.int(), text: z.string() });

export async function importFile(
  deps: Deps,
  given: z.infer<typeof fileInput>,
  by: string,
): Promise<Answer<ChangeSet | { waitingFor: number }>> {
  const text = await whole(deps, given, by);
  if (!text.ok) return text;
  if (typeof text.value === 'number') return done({ waitingFor: text.value });
  const read = parsed(text.value);
  if (read === undefined)
    return no(
      'file-form',
      'This is no JSON text.',
      'Choose a file that this app exported; nothing was saved.',
    );
  const file = configurationFile.safeParse(read);
  if (!file.success) return { ok: false, problem: notThisForm(file.error) };
  const problems = doubles(file.data);
  return makeSet(deps, {
    name: given.name,
    from: 'file',
    by,
    drafts: draftsOf(file.data),
    problems,
  });
}

/** All parts of a large file as one text, or the number of the part that is to come. */
async function whole(
  deps: Pick<Deps, 'store'>,
  { text, part }: z.infer<typeof fileInput>,
  by: string,
): Promise<Answer<string | number>> {
  if (!part || part.of === 1) return done(text);
  const place = (n: number) => `upload:${hashOf(by).slice(0, 16)}:${n}`;
  if (part.number > part.of)
    return no(
      'file-parts',
      'There is no such part of the file.',
      'Send the file again from its beginning.',
    );
  if (Buffer.byteLength(text) > LARGEST_PART)
    return no('file-parts', 'A part of the file is larger than 200 KB.', 'Send smaller parts.');
  if (part.number < part.of) {
    await deps.store.writePlain(place(part.number), { of: part.of, text });
    return done(part.number + 1);
  }
  let all = '';
  for (let n = 1; n < part.of; n++) {
    const kept = keptPart.safeParse(await deps.store.readPlain(place(n))).data;
    if (kept?.of !== part.of)
      return no(
        'file-parts',
        `Part ${n} of the file is missing.`,
        'Send the file again from its beginning.',
      );
    all += kept.text;
  }
  for (let n = 1; n < part.of; n++) await deps.store.removePlain(place(n));
  return done(all + text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function notThisForm(error: z.core.$ZodError) {
  return {
    check: 'file-form',
    sentence: 'The file is not a configuration that this version reads.',
    nextStep: 'Correct what is named; nothing was saved.',
    inputs: error.issues.slice(0, MOST_TOLD).flatMap((issue) => {
      const at = pathOf(issue.path);
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
      if (keys.length === 0) return [{ path: at || 'file', problem: issue.message }];
      return keys.map((key) => ({
        path: at === '' ? key : `${at}.${key}`,
        problem: 'is not known here',
      }));
    }),
  };
}

const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key, n) => (typeof key === 'number' ? `[${key}]` : `${n === 0 ? '' : '.'}${String(key)}`))
    .join('');

function doubles(file: ConfigurationFile): ProblemLine[] {
  const twice = <T>(items: readonly T[], part: string, key: (item: T) => string) => {
    const seen = new Set<string>();
    return items.flatMap((item, n) => {
      const known = seen.has(key(item));
      seen.add(key(item));
      return known ? [{ at: `${part}[${n}]`, sentence: 'It stands there twice.' }] : [];
    });
  };
  return [
    ...twice(file.connections, 'connections', (c) => c.id),
    ...twice(file.apps, 'apps', (a) => a.id),
    ...twice(file.roles, 'roles', (r) => `${r.app}.${r.key}`),
    ...twice(file.links, 'links', (l) => `${l.accountId}:${l.connection}`),
  ];
}

/** In the order in which they need each other. */
function draftsOf(file: ConfigurationFile): Draft[] {
  return [
    { kind: 'settings', at: 'settings', set: file.settings, bindings: file.bindings },
    ...file.connections.map(
      (set, n): Draft => ({ kind: 'connection', at: `connections[${n}]`, set }),
    ),
    ...file.apps.map(({ id, ...set }, n): Draft => ({ kind: 'app', at: `apps[${n}]`, id, set })),
    ...file.roles.map(
      ({ app, key, status, groups, ...set }, n): Draft => ({
        kind: 'role',
        at: `roles[${n}]`,
        id: `${app}.${key}`,
        set: {
          ...set,
          status: status === 'withdrawn' ? 'withdrawn' : 'live',
          groups: groups.map((group) => group.id),
          acceptPrivileged: true,
        },
        draft: status === 'draft',
        names: Object.fromEntries(groups.map(({ id, name }) => [id, name])),
      }),
    ),
    ...file.links.map(
      ({ accountId, connection, personId }, n): Draft => ({
        kind: 'link',
        at: `links[${n}]`,
        set: { accountId, connectionId: connection, personId },
      }),
    ),
  ];
}
