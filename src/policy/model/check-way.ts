/** Whether the workflows that offer a role can ask several stages one after the other, and groups at all. */
import type { Binding } from '../../catalog/model/settings';
import type { Rules, SitePolicy, Source, StageRule } from '../../contracts/policy';
import type { Wrong } from './schema-words';

type Shape = Pick<Binding, 'id' | 'projectKey' | 'steps' | 'approval' | 'wayBack' | 'fields'>;

/**
 * Every binding offers every role, so each of them has to have a way. `exceptions`: a set that keeps
 * the role apart may ask one stage more.
 */
export function checkWay(
  { stages }: Pick<Rules, 'stages'>,
  bindings: readonly Shape[],
  at = '',
  exceptions = false,
): Wrong[] {
  const path = at === '' ? 'stages' : `${at}.stages`;
  const wrong = groupless(stages, bindings, path);
  const count = stages.length + Number(exceptions);
  const several = stages.some(asksSeveral);
  if (count < 2 && !several) return wrong;
  const what = exceptions
    ? `${count} stages here, the exception of a set of roles kept apart among them`
    : `${count} stages here`;
  const wayless = bindings
    .filter((one) => !hasWay(one, several ? Number.POSITIVE_INFINITY : count))
    .map(({ id, projectKey }) => ({
      path,
      sentence: several
        ? `More than one answer is asked for here, the workflow of ${projectKey} (binding ${id}) may move on after the first, and it has no known way back. ${TRANSITION}; or let one answer be enough.`
        : `The workflow of ${projectKey} (binding ${id}) has fewer approval steps than the ${what}, and no known way back. ${TRANSITION}; or write one stage.`,
    }));
  return [...wrong, ...wayless];
}

const TRANSITION =
  'A Jira administrator adds a transition from the approved status to the approval status that the app may use, and checks the binding';

/** How many answers a step of Jira's waits for the app cannot read. */
const asksSeveral = ({ from, needs }: StageRule): boolean =>
  needs === 'all' ? from.length > 1 || from.some(isCrowd) : needs !== 'any' && needs > 1;
const isCrowd = (source: Source): boolean =>
  source.kind === 'people'
    ? source.accounts.length > 1
    : source.kind === 'jira-group' || source.kind === 'directory-group';

/** Whether a set asks somebody for its exception when this role is asked for. */
export const asksExceptions = ({ sod }: Pick<SitePolicy, 'sod'>, roleId: string): boolean =>
  sod.some(({ mode, roles }) => mode === 'extra-approver' && roles.includes(roleId));

/** Jira asks a group in a field of its own; where people decide by card none is needed. */
function groupless(stages: Rules['stages'], bindings: readonly Shape[], path: string): Wrong[] {
  const of = stages.findIndex(({ from }) => from.some(({ kind }) => kind === 'jira-group'));
  if (of < 0) return [];
  return bindings
    .filter(({ approval, fields }) => approval !== 'app' && fields.approverGroups === undefined)
    .map(({ id, projectKey }) => ({
      path: `${path}[${of}].from`,
      sentence: `The workflow of ${projectKey} (binding ${id}) has no field to ask a Jira group in. Name its field for approver groups in the binding, or write people or a directory group here.`,
    }));
}

const hasWay = ({ steps, approval, wayBack }: Shape, stages: number): boolean =>
  approval === 'app' || wayBack === true || 1 + (steps?.length ?? 0) >= stages;
