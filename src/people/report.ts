/**
 * Once a week: tells Atlassian which accounts the ledger names, and learns which of them were closed.
 *
 * 1. every account that comes into the ledger comes through evidence, so the evidence of the days since
 *    the last report is read and what is new goes into the register, and so do sets of changes;
 * 2. the register is reported, ninety accounts at a time, each once a week;
 * 3. closed: what can go goes, and it is never reported again (`erase.ts`); changed: its links are
 *    looked at again.
 */
import * as z from 'zod/mini';
import { dropOldSets, inSets } from '../catalog/old-sets';
import { evidenceType } from '../evidence/record';
import type { JobStep, Step } from '../jobs/job';
import type { Deps } from '../requests/deps';
import {
  DAY,
  epochSeconds,
  type Instant,
  MINUTE,
  NO_END,
  parseInstant,
  plusSeconds,
  secondsBetween,
} from '../shared/instant';
import type { Failure } from '../shared/result';
import { eraseAccount, lookAtLinks } from './erase';
import { accountsIn, daysBetween } from './model/accounts';
import { AccountRegister } from './register';

const AT_ONCE = 90;
const PAGE = 100;
const LONGEST_STEP = 4 * MINUTE;
/** The app reports from its first week on; should it not have, so many days are caught up. */
const FIRST_TIME_DAYS = 35;
/** What was written in these last seconds an index may not show yet. */
const INDEX_LAG = MINUTE;
const PLACE = 'personal-data';

const lastSchema = z.strictObject({ v: z.literal(1), at: z.string() });
const markSchema = z.strictObject({
  /** What was recorded until then is in the register. */
  gathered: z.string(),
  /** The account that was reported last. */
  after: z.string(),
  reported: z.int(),
  closed: z.int(),
  updated: z.int(),
});
type Mark = z.infer<typeof markSchema>;

export const reportPersonalData: JobStep = async (deps, job) => {
  const begun = deps.now();
  const today = begun.slice(0, 10);
  const isLong = () => secondsBetween(begun, deps.now()) > LONGEST_STEP;
  let mark = markSchema.safeParse(job.mark).data ?? (await fresh(deps, begun));
  const register = await AccountRegister.open(deps);
  for (const day of daysBetween(mark.gathered.slice(0, 10), today, nextDay)) {
    if (isLong()) return more(mark, register.all().length);
    await gather(deps, register, day, mark.gathered);
    mark = { ...mark, gathered: day === today ? begun : `${nextDay(day)}T00:00:00.000Z` };
  }
  if (mark.after === '') await gatherSets(deps, register);
  const all = register.all();
  const rest = all.filter(({ accountId }) => accountId > mark.after);
  while (rest.length > 0) {
    if (isLong()) return more(mark, all.length);
    const batch = rest.splice(0, AT_ONCE);
    const answer = await deps.privacy.report(batch);
    if (!answer.ok) return stopped(answer.error, mark, job.mark, all.length);
    for (const { accountId, status } of answer.value) {
      if (status === 'closed') {
        await eraseAccount(deps, accountId);
        register.drop(accountId);
      } else {
        await lookAtLinks(deps, accountId);
        register.renew(accountId, deps.now());
      }
    }
    await register.save();
    const closed = answer.value.filter(({ status }) => status === 'closed').length;
    mark = {
      ...mark,
      after: (batch.at(-1) as { accountId: string }).accountId,
      reported: mark.reported + batch.length,
      closed: mark.closed + closed,
      updated: mark.updated + answer.value.length - closed,
    };
  }
  await deps.store.writePlain(PLACE, { v: 1, at: mark.gathered });
  const { reported, closed, updated } = mark;
  return {
    kind: 'done',
    progress: progressOf(mark, all.length),
    result: { reported, closed, updated },
  };
};

async function fresh(deps: Deps, now: Instant): Promise<Mark> {
  const last = lastSchema.safeParse(await deps.store.readPlain(PLACE)).data;
  const gathered = last?.at ?? plusSeconds(now, -FIRST_TIME_DAYS * DAY);
  return { gathered, after: '', reported: 0, closed: 0, updated: 0 };
}

async function gather(
  deps: Deps,
  register: AccountRegister,
  day: string,
  since: string,
): Promise<void> {
  const from = epochSeconds(since as Instant) - INDEX_LAG;
  let cursor: string | undefined;
  do {
    // Raw: also a record that this version cannot read names accounts.
    const page = await deps.store.query({
      entity: evidenceType.entity,
      index: 'by-day',
      partition: [day],
      range: { from, to: NO_END },
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { row } of page.rows)
      for (const accountId of accountsIn(row.body)) register.add(accountId, `${day}T00:00:00.000Z`);
    cursor = page.cursor;
  } while (cursor !== undefined);
  await register.save();
}

/** What a set of changes names is no evidence until it is applied. */
async function gatherSets(deps: Deps, register: AccountRegister): Promise<void> {
  await dropOldSets(deps);
  for (const accountId of accountsIn(await inSets(deps))) register.add(accountId, deps.now());
  await register.save();
}

function stopped(failure: Failure, mark: Mark, before: unknown, of: number): Step {
  if (failure.class !== 'retryable')
    return {
      kind: 'failed',
      problem: {
        check: `personal-data-${failure.code}`,
        sentence: failure.detail,
        nextStep:
          'A Jira administrator accepts the permissions of the newest version of the app; the report runs again next week.',
      },
    };
  // What was reported before is not reported a second time.
  if (JSON.stringify(before) !== JSON.stringify(mark)) return more(mark, of);
  return { kind: 'wait', seconds: failure.retryAfter ?? MINUTE, why: failure.code };
}

const more = (mark: Mark, of: number): Step => ({
  kind: 'more',
  mark,
  progress: progressOf(mark, of),
});

const progressOf = ({ reported, closed }: Mark, of: number) => ({
  done: reported,
  of,
  what: `${reported} of ${of} accounts reported, ${closed} closed`,
});

const nextDay = (day: string): string =>
  plusSeconds(parseInstant(`${day}T00:00:00.000Z`), DAY).slice(0, 10);
