/** Whether the workflows that offer a role can ask several stages one after the other, and groups at all. */
import type { Binding } from '../../catalog/model/settings';
import type { Rules } from '../../contracts/policy';
import type { Wrong } from './schema-words';

type Shape = Pick<Binding, 'id' | 'projectKey' | 'steps' | 'approval' | 'wayBack' | 'fields'>;

/** Every binding offers every role, so each of them has to have a way. */
export function checkWay(
  { stages }: Pick<Rules, 'stages'>,
  bindings: readonly Shape[],
  at = '',
): Wrong[] {
  const path = at === '' ? 'stages' : `${at}.stages`;
  const wrong = groupless(stages, bindings, path);
  if (stages.length < 2) return wrong;
  const wayless = bindings
    .filter((one) => !hasWay(one, stages.length))
    .map(({ id, projectKey }) => ({
      path,
      sentence: `The workflow of ${projectKey} (binding ${id}) has fewer approval steps than the ${stages.length} stages here, and no known way back. A Jira administrator adds a transition from the approved status to the approval status that the app may use, and checks the binding; or write one stage.`,
    }));
  return [...wrong, ...wayless];
}

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
