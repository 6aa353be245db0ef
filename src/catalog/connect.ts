/**
 * Connections to directories: saved with their credential, shown without it.
 *
 * 1. the tenant as typed may lead nowhere but to that directory's own hosts;
 * 2. a connection that leads elsewhere, or was copied with its site, loses its secret first, and is
 *    refused as long as access that was given through it still runs;
 * 3. a credential that replaces one is tried before the old one is let go (`connection-test.ts`);
 * 4. a new secret waits beside the old one until the record names it by its fingerprint, so that no
 *    record ever meets the secret of another tenant (`connection-credential.ts`).
 * Key pairs are made in `connection-credential.ts`; a connection ends in `disconnect.ts`.
 */
import type * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import type { connectionInput } from '../contracts/connections';
import { attributeProblem, tenantProblem } from '../directories/credential';
import type { Credential } from '../directories/directory';
import type { Deps } from '../requests/deps';
import { find, type Held, load, put } from '../shared/record';
import { done, no, save } from './changes';
import {
  type ConnectDeps,
  credentialFrom,
  dropMadeKey,
  endOf,
  forget,
  shortHash,
  storedCredentials,
} from './connection-credential';
import { provenToWork } from './connection-test';
import { liveThrough } from './disconnect';
import type { Connection } from './model/catalog';
import { connections } from './store';
import { groupGivesNothing } from './test-group';

type Given = z.infer<typeof connectionInput>;

export async function listConnections(deps: Deps): Promise<Answer<Connection[]>> {
  const all = await Promise.all(
    (['live', 'off'] as const).map((status) =>
      find(deps.store, connections, {
        index: 'by-kind',
        partition: ['connection', status],
        limit: 100,
      }),
    ),
  );
  return done(all.flatMap(({ found }) => found.map((held) => held.value)));
}

export async function saveConnection(
  deps: ConnectDeps,
  given: Given,
  by: string,
): Promise<Answer<Connection>> {
  const problem = tenantProblem(given);
  if (problem) return no('tenant', problem, 'Correct it; nothing was saved.');
  const attribute = given.accountAttribute && attributeProblem(given.kind, given.accountAttribute);
  if (attribute) {
    return no(
      'account-attribute',
      attribute,
      'Make an attribute of its own for it, read-only for people, and enter that one.',
    );
  }
  const held = await load(deps.store, connections, `connection:${given.id}`);
  const place = await standing(deps, given, held?.value);
  if (!place.ok) return place;
  const entered = await credentials(deps, given);
  if (!entered.ok) return entered;
  const { membership, lifecycle } = entered.value;
  const { moved, copied } = place.value;
  const needed = credentialNeeded(held?.value, { moved, copied, given: membership !== undefined });
  if (needed) return needed;
  const before = held?.value;
  const settings = settingsFrom(deps, given, {
    // What was said about one tenant says nothing about another.
    before: moved ? undefined : before,
    version: (before?.version ?? 0) + 1,
    renewed: membership !== undefined,
    by,
  });
  if (!settings.ok) return settings;
  const free = given.test && (await groupGivesNothing(deps, given.id, given.test.group));
  if (free && !free.ok) return free;
  const after: Connection = {
    ...settings.value,
    ...credentialFacts(deps, given, {
      before: moved ? undefined : held?.value,
      membership,
      lifecycle,
    }),
  };
  // An old secret may be the only one that works: it goes when the new one has shown that it does.
  if ((membership || lifecycle) && before && !moved) {
    const works = await proven(deps, before, after, { membership, lifecycle });
    if (!works.ok) return works;
  }
  return keep(deps, { held, after, moved, membership, lifecycle, by });
}

/** Tries what was entered together with what is stored and stays. */
async function proven(
  deps: ConnectDeps,
  before: Connection,
  after: Connection,
  entered: { membership: Credential | undefined; lifecycle: Credential | undefined },
): Promise<Answer<undefined>> {
  const stored = await storedCredentials(deps.secrets, before);
  const membership = entered.membership ?? stored?.membership;
  if (!membership) {
    return no(
      'credential-works',
      'The first registration has no usable credential, so the second one cannot be tried.',
      'Enter the credential of the first registration as well.',
    );
  }
  const lifecycle = after.lifecycle && (entered.lifecycle ?? stored?.lifecycle);
  return provenToWork(
    deps,
    after,
    { membership, ...(lifecycle && { lifecycle }) },
    {
      membership: entered.membership !== undefined,
      lifecycle: entered.lifecycle !== undefined,
    },
  );
}

async function keep(
  deps: ConnectDeps,
  change: {
    readonly held: Held<Connection> | undefined;
    readonly after: Connection;
    readonly moved: boolean;
    readonly membership: Credential | undefined;
    readonly lifecycle: Credential | undefined;
    readonly by: string;
  },
): Promise<Answer<Connection>> {
  const { held, after, moved, membership, lifecycle, by } = change;
  const place = `connection:${after.id}`;
  if (moved) await forget(deps.secrets, after.id, held?.value.kind);
  if (membership) await deps.secrets.set(`${place}:next`, membership);
  if (lifecycle) await deps.secrets.set(`${place}:lifecycle:next`, lifecycle);
  const saved = await save(
    deps,
    { what: place, by, before: held?.value, after },
    [put(connections, after, held?.rev ?? 0)],
    after,
  );
  if (saved.ok) {
    if (membership) await deps.secrets.set(place, membership);
    if (lifecycle) await deps.secrets.set(`${place}:lifecycle`, lifecycle);
    if (!after.lifecycle) await deps.secrets.remove(`${place}:lifecycle`);
    if (membership) await dropMadeKey(deps.secrets, after.id);
  }
  if (membership) await deps.secrets.remove(`${place}:next`);
  if (lifecycle) await deps.secrets.remove(`${place}:lifecycle:next`);
  return saved;
}

/** Whether it leads elsewhere now than it did, and may. */
async function standing(
  deps: Deps,
  given: Given,
  before: Connection | undefined,
): Promise<Answer<{ moved: boolean; copied: boolean }>> {
  if (!before) return done({ moved: false, copied: false });
  // A site that was copied took the connection along, but it is still the other site's.
  const copied = before.cloudId !== deps.installation.cloudId;
  const moved = copied || before.tenant !== given.tenant || before.kind !== given.kind;
  if (!moved) return done({ moved, copied });
  const live = await liveThrough(deps, given.id);
  if (live.issueKeys.length === 0 && !live.more) return done({ moved, copied });
  return no(
    'connection-in-use',
    `Access that was given through this connection is still running, and it belongs to ${copied ? 'another Jira site' : 'the old tenant'}: ${live.words}.`,
    copied
      ? 'It cannot be ended from this copy: only the original site may and does. Make a second connection, with another id, for this site and map the roles to it.'
      : 'End that access first, or make a second connection.',
  );
}

async function credentials(
  deps: ConnectDeps,
  given: Given,
): Promise<Answer<{ membership: Credential | undefined; lifecycle: Credential | undefined }>> {
  const membership =
    given.credential && (await credentialFrom(deps.secrets, given, given.credential));
  if (membership && !membership.ok) return membership;
  const lifecycle = given.lifecycle && (await credentialFrom(deps.secrets, given, given.lifecycle));
  if (lifecycle && !lifecycle.ok) return lifecycle;
  if (lifecycle && given.kind !== 'entra') {
    return no(
      'lifecycle-kind',
      'Only Microsoft Entra ID takes a second registration.',
      'Leave it out for this directory.',
    );
  }
  return done({
    membership: membership?.value,
    lifecycle: lifecycle ? lifecycle.value : undefined,
  });
}

function credentialNeeded(
  before: Connection | undefined,
  { moved, copied, given }: { moved: boolean; copied: boolean; given: boolean },
): { ok: false; problem: ReturnType<typeof no>['problem'] } | undefined {
  if (given || (before && !moved)) return undefined;
  return no(
    'credential-given',
    copied
      ? 'The connection belongs to another Jira site, so its stored credential is not used here.'
      : moved
        ? 'The tenant changed, so the stored credential is not used for it.'
        : 'A connection needs a credential.',
    'Enter the credential of this tenant.',
  );
}

/** Everything but the credential; what is not given stays, `null` takes it away. */
function settingsFrom(
  deps: Deps,
  given: Given,
  {
    before,
    version,
    renewed,
    by,
  }: {
    readonly before: Connection | undefined;
    readonly version: number;
    /** With a new credential: a self-test has said nothing about it yet. */
    readonly renewed: boolean;
    readonly by: string;
  },
): Answer<Omit<Connection, 'credentialKind' | 'credentialFingerprint'>> {
  const tested = !renewed && before?.offBecause !== undefined;
  if (tested && given.status === 'live') {
    return no(
      'credential-power',
      'The self-test found the credential far too powerful and switched the connection off.',
      'Take away what the self-test names and run it again, or enter another credential.',
    );
  }
  // What an administrator switched off stays off: a new credential is no wish to use it again.
  const byHand =
    given.status === 'off' ||
    (given.status === undefined && before !== undefined && isOffByHand(before));
  if (given.nativeExpiry && given.kind === 'okta') {
    return no(
      'native-expiry',
      'Okta cannot end a membership by itself at a given time.',
      'Leave it off; the app ends access by its own schedule.',
    );
  }
  if (
    given.nativeExpiry &&
    given.kind === 'entra' &&
    !before?.nativeExpiry &&
    !given.acceptIrreversible
  ) {
    return no(
      'native-expiry-accepted',
      'Entra ID takes each group into Privileged Identity Management with its first timed membership, and that cannot be undone.',
      "Accept that it is irreversible, or leave the directory's own expiry off.",
    );
  }
  const accountAttribute =
    given.accountAttribute === undefined ? before?.accountAttribute : given.accountAttribute;
  const test = given.test === undefined ? before?.test : given.test;
  const nativeExpiry =
    given.nativeExpiry === undefined
      ? before?.nativeExpiry
      : given.nativeExpiry
        ? (before?.nativeExpiry ?? { by, at: deps.now() })
        : undefined;
  return done({
    v: 1,
    id: given.id,
    version,
    kind: given.kind,
    name: given.name,
    tenant: given.tenant,
    cloudId: deps.installation.cloudId,
    status: tested ? 'off' : (given.status ?? (byHand ? 'off' : 'live')),
    ...(tested && { offBecause: 'self-test' as const }),
    ...(tested && byHand && { offByHand: true as const }),
    ...(accountAttribute && { accountAttribute }),
    ...(test && { test }),
    ...(nativeExpiry && { nativeExpiry }),
  });
}

/** And not because of the self-test alone, or because it never had a credential. */
const isOffByHand = (before: Connection) =>
  before.status === 'off' &&
  before.credentialFingerprint !== '' &&
  (before.offBecause === undefined || before.offByHand === true);

function credentialFacts(
  deps: Deps,
  given: Given,
  {
    before,
    membership,
    lifecycle,
  }: {
    readonly before: Connection | undefined;
    readonly membership: Credential | undefined;
    readonly lifecycle: Credential | undefined;
  },
) {
  const second = lifecycle
    ? { kind: lifecycle.kind, fingerprint: shortHash(lifecycle), setAt: deps.now() }
    : given.lifecycle === null
      ? undefined
      : before?.lifecycle;
  if (!membership) {
    return {
      credentialKind: before?.credentialKind ?? '',
      credentialFingerprint: before?.credentialFingerprint ?? '',
      ...(before?.credentialSetAt !== undefined && { credentialSetAt: before.credentialSetAt }),
      ...(before?.credentialEndsAt !== undefined && { credentialEndsAt: before.credentialEndsAt }),
      ...(second && { lifecycle: second }),
    };
  }
  const endsAt = endOf(membership, given.credentialEndsAt);
  return {
    credentialKind: membership.kind,
    credentialFingerprint: shortHash(membership),
    credentialSetAt: deps.now(),
    ...(endsAt !== undefined && { credentialEndsAt: endsAt }),
    ...(second && { lifecycle: second }),
  };
}
