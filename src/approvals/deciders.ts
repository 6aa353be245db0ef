/**
 * Who may answer for a request at this very moment: read anew when somebody answers, because people
 * leave, lose their link or their group between being asked and answering. The gate judges it again.
 */
import type { Problem } from '../contracts/answer';
import { stoppedAmong } from '../grants/stop-people';
import type { Deps } from '../requests/deps';
import type { AccessRequest } from '../requests/model/request';
import { isLinked, mayStandFor } from '../requests/person';
import { no, ok, type Result } from '../shared/result';
import { membersNow } from './members-now';
import { stageOf } from './tasks';

/** Why this person is asked, or why they may not answer. */
export async function deciderNow(
  deps: Deps,
  request: AccessRequest,
  accountId: string,
): Promise<Result<{ readonly because: string }, Problem>> {
  const { pin } = request;
  const stage = stageOf(request);
  if (!pin || !stage || request.state !== 'waiting') return no(notOpen(request));
  const approver = stage.approvers.find((one) => one.accountId === accountId);
  const party =
    pin.parties.includes(accountId) ||
    (approver?.personId !== undefined && pin.partyPersons.includes(approver.personId));
  if (party) return no(PARTY);
  const because = approver?.because ?? (await groupOf(deps, request, accountId));
  if (because === undefined) {
    const elsewhere = pin.stages.findIndex((s) =>
      s.approvers.some((one) => one.accountId === accountId),
    );
    return no(elsewhere > request.stage ? NOT_YET : elsewhere >= 0 ? STAGE_OVER : NOT_ASKED);
  }
  const accounts = await deps.jira.accounts([accountId]);
  if (!accounts.ok) return no(UNREADABLE);
  const account = accounts.value.find((one) => one.accountId === accountId);
  const linked =
    account?.type === 'customer' && (await isLinked(deps, pin.subject.connectionId, accountId));
  if (!account?.active || !mayStandFor(account, linked)) return no(INACTIVE);
  const personIds = approver?.personId === undefined ? [] : [approver.personId];
  const { connectionId } = pin.subject;
  const stopped = await stoppedAmong(deps, connectionId, [{ accountId, personIds }]);
  return stopped.length > 0 ? no(STOPPED) : ok({ because });
}

/** A group decides as a whole: whoever is in it now. What cannot be read is no membership. */
async function groupOf(
  deps: Deps,
  request: AccessRequest,
  accountId: string,
): Promise<string | undefined> {
  for (const group of stageOf(request)?.groups ?? []) {
    const inside = await membersNow(deps, { groups: [group] }, [accountId]);
    if (inside.ok && inside.value.length > 0) return group.because;
  }
  return undefined;
}

const notOpen = ({ state }: AccessRequest): Problem => ({
  check: 'request-open',
  sentence:
    state === 'lapsed'
      ? 'Nobody decided on this request in time, so it is over.'
      : state === 'withdrawn' || state === 'declined'
        ? `This request is over: it was ${state}.`
        : state === 'approved' || state === 'granted' || state === 'ended'
          ? 'This request has been decided already.'
          : 'This request does not wait for a decision at the moment.',
  nextStep: 'There is nothing for you to do here.',
});
const PARTY: Problem = {
  check: 'no-self-approval',
  sentence: 'You are a party to this request, and nobody decides on their own access.',
  nextStep: 'The people named on the request decide.',
};
const NOT_YET: Problem = {
  check: 'your-turn',
  sentence: 'Others decide before you, and have not done so yet.',
  nextStep: 'You are told when it is your turn.',
};
const STAGE_OVER: Problem = {
  check: 'your-turn',
  sentence: 'The people of your stage have decided already.',
  nextStep: 'There is nothing for you to do here.',
};
export const NOT_ASKED: Problem = {
  check: 'decider-permitted',
  sentence: 'You are not one of the people who decide on this request.',
  nextStep: 'The people who may decide are named on the request.',
};
const INACTIVE: Problem = {
  check: 'decider-active',
  sentence: 'Your account may not decide: it is not active, or nobody has said who you are.',
  nextStep: 'An administrator can link your account to a person in Latchkey.',
};
const STOPPED: Problem = {
  check: 'decider-not-stopped',
  sentence: 'A kill switch is on for your account, so it may not decide for the time being.',
  nextStep: 'Please talk to IT.',
};
const UNREADABLE: Problem = {
  check: 'jira-answers',
  sentence: 'Jira did not answer, so nothing was done.',
  nextStep: 'Try again in a minute.',
};
