/**
 * Apps and roles from a table (CSV). People stand there by their e-mail or account id: each is asked of
 * Jira now, and only the id of an account goes on; an address or a name is nowhere kept. All else is looked at by the check of
 * the set (`changeset-check.ts`), and nothing is saved if one row is wrong.
 */
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { no } from './changes';
import { makeSet } from './changeset';
import type { ChangeSet, ProblemLine } from './model/change-set';
import {
  type Accounts,
  columnsOf,
  isRule,
  lineOf,
  MOST_ROWS,
  type Numbered,
  tableToDrafts,
} from './model/table';

const MOST_BYTES = 500_000;
/** Jira finds people one address at a time, and all of it has to fit into one call of the page. */
const MOST_ADDRESSES = 100;
const AT_ONCE = 10;
const ACCOUNT_ID = /^[a-zA-Z0-9:_-]{1,128}$/;
const IDS_AT_ONCE = 90;

export async function importTable(
  deps: Deps,
  given: { readonly name: string; readonly text: string },
  by: string,
): Promise<Answer<ChangeSet>> {
  const text = given.text.replace(/^\uFEFF/, '');
  if (Buffer.byteLength(text) > MOST_BYTES)
    return no(
      'table-size',
      'The table is larger than 500 KB.',
      'Send it in smaller parts; nothing was saved.',
    );
  const { default: Papa } = await import('papaparse');
  const read = Papa.parse<string[]>(text, { skipEmptyLines: false });
  const torn = read.errors.find((error) => error.type === 'Quotes');
  if (torn)
    return no(
      'table-form',
      `A quotation mark in row ${(torn.row ?? 0) + 1} is not closed or stands inside a cell.`,
      'Save the table as CSV again; nothing was saved.',
    );
  const [header, ...body] = read.data;
  const columns = columnsOf(header ?? []);
  const rows: Numbered[] = body.flatMap((cells, n) =>
    cells.every((cell) => cell.trim() === '')
      ? []
      : [{ number: n + 2, line: lineOf(columns.at, cells) }],
  );
  if (columns.problems.length > 0)
    return no(
      'table-columns',
      columns.problems.map((problem) => problem.sentence).join(' '),
      'Correct the first row; nothing was saved.',
    );
  if (rows.length === 0 || rows.length > MOST_ROWS)
    return no(
      'table-rows',
      rows.length === 0
        ? 'The table has no rows.'
        : `The table has ${rows.length} rows, more than ${MOST_ROWS}.`,
      'Nothing was saved.',
    );
  const crooked: ProblemLine[] = body.flatMap((cells, n) =>
    cells.length > (header ?? []).length &&
    cells.slice((header ?? []).length).some((c) => c.trim() !== '')
      ? [{ at: `row ${n + 2}`, sentence: 'This row has more cells than the first one names.' }]
      : [],
  );
  const accounts = await accountsOf(deps, rows);
  if (!accounts.ok) return accounts;
  const { drafts, problems } = tableToDrafts(rows, accounts.value);
  return makeSet(deps, {
    name: given.name,
    from: 'csv',
    by,
    drafts,
    problems: [...crooked, ...problems],
  });
}

const unread = no(
  'people-read',
  'Jira could not be asked for the people of the table.',
  'Try again in a minute; nothing was saved.',
);
const NO_ACCOUNT =
  'Jira has no account with this id. Use the e-mail address or the account id; a name is not enough.';

/** Everybody named in the table, asked of Jira once each. */
async function accountsOf(deps: Deps, rows: readonly Numbered[]): Promise<Answer<Accounts>> {
  const named = new Set(
    rows
      .flatMap(({ line }) => [line.owner, ...(isRule(line.approver) ? [] : [line.approver])])
      .filter((said) => said !== ''),
  );
  const addresses = [...named].filter((said) => said.includes('@') && !said.startsWith('@'));
  if (addresses.length > MOST_ADDRESSES)
    return no(
      'table-addresses',
      `The table names ${addresses.length} different people by e-mail, more than ${MOST_ADDRESSES}.`,
      'Use account ids, or import it in parts; nothing was saved.',
    );
  const found = new Map<string, { id: string } | { problem: string }>();
  const others = [...named].filter((said) => !said.includes('@'));
  for (const said of others) found.set(said, { problem: NO_ACCOUNT });
  const ids = others.filter((said) => ACCOUNT_ID.test(said));
  for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
    const known = await deps.jira.accounts(ids.slice(i, i + IDS_AT_ONCE));
    if (!known.ok) return unread;
    for (const { accountId, type } of known.value)
      if (type !== 'unknown' && named.has(accountId)) found.set(accountId, { id: accountId });
  }
  for (let i = 0; i < addresses.length; i += AT_ONCE) {
    const some = addresses.slice(i, i + AT_ONCE);
    const answers = await Promise.all(some.map((address) => deps.jira.accountsByEmail(address)));
    for (const [n, answer] of answers.entries()) {
      if (!answer.ok) return unread;
      const people = answer.value.filter((a) => a.type === 'atlassian' && a.active);
      const [only] = people;
      found.set(
        some[n] as string,
        people.length === 1 && only
          ? { id: only.accountId }
          : {
              problem:
                'Jira has no single active account with exactly this e-mail address. Use the account id.',
            },
      );
    }
  }
  return { ok: true, value: found };
}
