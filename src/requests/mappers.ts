/** Whoever mapped a role to administrator rights neither receives nor approves it on the day after. */
import { mappedLately } from '../catalog/model/privileged';
import type { Offer } from '../catalog/store';
import type { Instant } from '../shared/instant';
import { no, ok, type Refusal, type Result } from '../shared/result';
import type { Stage } from './model/request';
import type { People } from './parties';

export function withoutMappers(
  people: People,
  offer: Offer,
  now: Instant,
): Result<People, Refusal> {
  const { role, app } = offer;
  const { beneficiary, personId } = people;
  if (mappedLately(role, { accountId: beneficiary, personIds: [personId] }, now))
    return no({
      check: 'mapper-waits',
      sentence: 'Whoever maps a role to administrator rights cannot receive it on the day after.',
      nextStep: 'Once the day is over, IT can press Resume.',
      facts: { accountId: beneficiary, role: role.id },
    });
  const stages: Stage[] = [];
  for (const stage of people.stages) {
    const approvers = stage.approvers.filter(
      (a) =>
        !mappedLately(
          role,
          { accountId: a.accountId, personIds: a.personId === undefined ? [] : [a.personId] },
          now,
        ),
    );
    const short = approvers.length < stage.needs && (stage.groups ?? []).length === 0;
    if (short && approvers.length < stage.approvers.length)
      return no({
        check: 'mapper-decides-not',
        sentence:
          'Whoever maps a role to administrator rights cannot approve it on the day after, and nobody else may decide.',
        nextStep: `Once the day is over, IT can press Resume; or IT chooses another approver for ${role.name} in ${app.name}.`,
        facts: { approvers: stage.approvers.map((a) => a.accountId), role: role.id },
      });
    stages.push({ ...stage, approvers });
  }
  return ok({ ...people, stages });
}
