/**
 * Where records go whose own issue is gone: one plain issue per binding, in the project that the
 * request belonged to, because whoever reads one project may not read another.
 */
import * as z from 'zod/mini';
import type { Binding, SiteSettings } from '../catalog/model/settings';
import { loadSettings, putSettings } from '../catalog/settings';
import type { Log, Store } from '../forge/ports';
import type { Block, Jira } from '../jira/port';
import type { Instant } from '../shared/instant';
import type { Held } from '../shared/record';
import { type Failure, no, ok, type Result } from '../shared/result';
import { markerOf, type OutboxEntry } from './model/telling';
import { textOf } from './text';

export interface DeliverDeps {
  readonly store: Store;
  readonly jira: Jira;
  readonly log: Log;
  readonly now: () => Instant;
}

/** Markers of the audit issues, read once a run; absent: the entry is this run's own and stands nowhere. */
export type Seen = Map<string, readonly string[]>;

export async function onAuditIssue(
  deps: DeliverDeps,
  entry: OutboxEntry,
  seen: Seen | undefined,
): Promise<Result<unknown, Failure>> {
  const settings = await loadSettings(deps.store);
  const own = await bindingOf(deps, entry.issueId, settings.value);
  const places = [...(own ? [own] : []), ...settings.value.bindings.filter((b) => b !== own)];
  for (const binding of places) {
    const done = await at(deps, binding, settings, { entry, whole: binding === own, seen });
    // The project may be gone with the issue, and then another one keeps the record.
    if (done.ok || done.error.code !== 'not-found') return done;
  }
  return no(NO_PLACE);
}

async function at(
  deps: DeliverDeps,
  binding: Binding,
  settings: Held<SiteSettings>,
  what: Omit<Writing, 'to'>,
): Promise<Result<unknown, Failure>> {
  const known = settings.value.auditIssues?.[binding.id];
  if (known !== undefined) {
    const done = await write(deps, { ...what, to: known });
    // Somebody deleted it as well: there is always another.
    if (done.ok || done.error.code !== 'not-found') return done;
  }
  const made = await make(deps, binding, settings);
  return made.ok ? write(deps, { ...what, to: made.value }) : made;
}

async function make(
  deps: DeliverDeps,
  binding: Binding,
  { value, rev }: Held<SiteSettings>,
): Promise<Result<string, Failure>> {
  const made = await deps.jira.createIssue(
    binding.projectId,
    'Access records whose own issue is gone',
    [
      'Latchkey writes here what it can no longer write on a request, because that issue was deleted or is hidden from the app.',
    ],
  );
  if (!made.ok) return made;
  const next = {
    ...value,
    auditIssues: { ...value.auditIssues, [binding.id]: made.value },
    version: value.version + 1,
  };
  if ((await deps.store.transact([putSettings(next, rev)])) === 'done') return made;
  // Somebody else changed the settings; if they made one too, all records go to theirs.
  const now = await loadSettings(deps.store);
  return ok(now.value.auditIssues?.[binding.id] ?? made.value);
}

interface Writing {
  readonly entry: OutboxEntry;
  readonly to: string;
  readonly whole: boolean;
  readonly seen: Seen | undefined;
}

async function write(
  deps: DeliverDeps,
  { entry, to, whole, seen }: Writing,
): Promise<Result<unknown, Failure>> {
  if (seen && !seen.has(to)) {
    const posted = await deps.jira.commentMarkers(to);
    if (!posted.ok) return posted;
    seen.set(to, posted.value);
  }
  if (seen?.get(to)?.includes(markerOf(entry))) return ok(undefined);
  const about: Block = { kind: 'paragraph', text: `About issue ${entry.issueId}, which is gone.` };
  const { blocks } = textOf(entry);
  return deps.jira.comment(to, {
    // Of a binding that is gone nobody knows who may read its records here: the number says enough.
    text: { blocks: [about, ...(whole ? blocks : blocks.slice(-1))] },
    audience: 'internal',
    marker: markerOf(entry),
  });
}

/** All that is needed of the request, whatever else of it can be read. */
const bound = z.object({ bindingId: z.string() });

async function bindingOf(
  deps: DeliverDeps,
  issueId: string,
  settings: SiteSettings,
): Promise<Binding | undefined> {
  const row = await deps.store.get('request', issueId);
  const request = bound.safeParse(row?.body);
  return settings.bindings.find((b) => request.success && b.id === request.data.bindingId);
}

const NO_PLACE: Failure = {
  class: 'needs-human',
  code: 'not-found',
  detail: 'There is no bound project in which an audit issue could be made.',
};
