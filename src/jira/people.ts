/** Accounts of the Jira site. Names and e-mails are read when they are needed and kept nowhere. */
import { route } from '@forge/api';
import * as z from 'zod/mini';
import { type Failure, no, ok, type Result } from '../shared/result';
import { callerClient, type JiraClient } from './client';
import { badAnswer, permanent } from './failures';
import type { Account, AccountId } from './port';
import { accountSchema } from './schemas';

const MOST_ACCOUNTS = 100;

/** Accounts that Jira knows, in no particular order; unknown ids are left out. */
export async function readAccounts(
  client: JiraClient,
  ids: readonly AccountId[],
): Promise<Result<readonly Account[], Failure>> {
  const wanted = [...new Set(ids)];
  const accounts: Account[] = [];
  for (let at = 0; at < wanted.length; at += MOST_ACCOUNTS) {
    const query = new URLSearchParams({ maxResults: String(MOST_ACCOUNTS) });
    for (const id of wanted.slice(at, at + MOST_ACCOUNTS)) query.append('accountId', id);
    const page = await client.ask({
      path: route`/rest/api/3/user/bulk?${query}`,
      answer: z.object({ values: z.array(accountSchema) }),
    });
    if (!page.ok) return page;
    accounts.push(...page.value.values);
  }
  return ok(accounts);
}

export async function readGroupsOf(
  client: JiraClient,
  accountId: AccountId,
): Promise<Result<readonly { id: string; name: string }[], Failure>> {
  const read = await client.ask({
    path: route`/rest/api/3/user/groups?accountId=${accountId}`,
    answer: z.array(z.object({ groupId: z.string(), name: z.string() })),
  });
  return read.ok ? ok(read.value.map(({ groupId, name }) => ({ id: groupId, name }))) : read;
}

/**
 * The address whatever the person's profile shows; apps get it only as themselves and with
 * `read:email-address:jira`. Lower case, `null` when there is none.
 */
export async function readEmail(
  client: JiraClient,
  accountId: AccountId,
): Promise<Result<string | null, Failure>> {
  const read = await client.raw(route`/rest/api/3/user/email?accountId=${accountId}`);
  if (read.ok) {
    const email = emailIn(read.value, accountId);
    return email === undefined
      ? no(badAnswer('Jira’s e-mail answer cannot be read.', 'read'))
      : ok(email);
  }
  if (read.error.code === 'not-found') return ok(null);
  // Jira's answer to an app that was not given the scope.
  if (read.error.code === 'invalid') {
    const detail =
      'The app may not read e-mail addresses: read:email-address:jira was not granted.';
    return no({ ...read.error, class: 'needs-human', code: 'scope-missing', detail });
  }
  return read;
}

const emailRecord = z.object({ accountId: z.string(), email: z.nullish(z.string()) });

/**
 * Jira's specification has an object as schema, a bare string as example, and a list where several
 * are asked for. `undefined`: none of the three.
 */
function emailIn(text: string, accountId: AccountId): string | null | undefined {
  const json = parsed(text);
  if (typeof json === 'string') return addressOf(json);
  const record = z.union([emailRecord, z.array(emailRecord)]).safeParse(json).data;
  if (record === undefined) return undefined;
  const own = [record].flat().find((entry) => entry.accountId === accountId);
  return own ? addressOf(own.email ?? '') : undefined;
}

/** A bare address is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `undefined` for a text that is no address, such as a page of HTML. */
function addressOf(text: string): string | null | undefined {
  // Only ASCII: Unicode would make a letter of a sign that merely looks like one.
  const address = text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (address === '') return null;
  return /^[^\s@<>"]+@[^\s@<>"]+$/.test(address) ? address : undefined;
}

/** Jira's search is fuzzy and hides addresses, so each candidate's own address is compared. */
export async function findByEmail(
  client: JiraClient,
  email: string,
): Promise<Result<readonly Account[], Failure>> {
  const wanted = email.trim().toLowerCase();
  const query = new URLSearchParams({ query: wanted, maxResults: String(MOST_ACCOUNTS) });
  const candidates = await client.ask({
    path: route`/rest/api/3/user/search?${query}`,
    answer: z.array(accountSchema),
  });
  if (!candidates.ok) return candidates;
  if (candidates.value.length >= MOST_ACCOUNTS) {
    return no(permanent('invalid', 'Too many accounts in Jira resemble this address.'));
  }
  const found: Account[] = [];
  for (const account of candidates.value.filter((a) => a.active && a.type !== 'app')) {
    const own = await readEmail(client, account.accountId);
    if (!own.ok) return own;
    if (own.value === wanted) found.push(account);
  }
  return ok(found);
}

const permissionsSchema = z.object({
  permissions: z.object({ ADMINISTER: z.object({ havePermission: z.boolean() }) }),
});

/** Asked as the caller: the app may not look up other people's permissions. */
export async function callerIsAdministrator(
  client: JiraClient = callerClient,
): Promise<Result<boolean, Failure>> {
  const read = await client.ask({
    path: route`/rest/api/3/mypermissions?permissions=ADMINISTER`,
    answer: permissionsSchema,
  });
  if (read.ok) return ok(read.value.permissions.ADMINISTER.havePermission);
  // Nobody is signed in, or Forge cannot act for this kind of account: no administrator either way.
  return read.error.code === 'credential-refused' ? ok(false) : read;
}

export function addParticipants(
  client: JiraClient,
  issueId: string,
  accountIds: readonly AccountId[],
): Promise<Result<void, Failure>> {
  return client.change({
    method: 'POST',
    path: route`/rest/servicedeskapi/request/${issueId}/participant`,
    body: { accountIds: [...new Set(accountIds)] },
  });
}
