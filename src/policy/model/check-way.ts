/** Whether the workflows that offer a role can ask several stages one after the other. */
import type { Binding } from '../../catalog/model/settings';
import type { Rules } from '../../contracts/policy';
import type { Wrong } from './schema-words';

type Shape = Pick<Binding, 'id' | 'projectKey' | 'steps' | 'approval' | 'wayBack'>;

/** Every binding offers every role, so each of them has to have a way. */
export function checkWay(
  { stages }: Pick<Rules, 'stages'>,
  bindings: readonly Shape[],
  at = '',
): Wrong[] {
  if (stages.length < 2) return [];
  const path = at === '' ? 'stages' : `${at}.stages`;
  return bindings
    .filter((one) => !hasWay(one, stages.length))
    .map(({ id, projectKey }) => ({
      path,
      sentence: `The workflow of ${projectKey} (binding ${id}) has fewer approval steps than the ${stages.length} stages here, and no known way back. A Jira administrator adds a transition from the approved status to the approval status that the app may use, and checks the binding; or write one stage.`,
    }));
}

const hasWay = ({ steps, approval, wayBack }: Shape, stages: number): boolean =>
  approval === 'app' || wayBack === true || 1 + (steps?.length ?? 0) >= stages;
