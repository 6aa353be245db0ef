import type { Transition } from '../configuration';
import { statusOf } from '../configuration';
import type { SiteContext } from '../context';
import { workflowFor } from '../context';
import { statusJson } from '../shapes';
import type { IssueState } from '../state';

/** None of the site's transitions has a screen, so no field may be sent with one. */
export function transitionJson(site: SiteContext, issue: IssueState, transition: Transition) {
  return {
    id: transition.id,
    name: transition.name,
    to: statusJson(site, statusOf(workflowFor(site, issue), transition.to)),
    hasScreen: false,
    isGlobal: transition.from === 'any',
    isInitial: false,
    isAvailable: true,
    isConditional: transition.appOnly === true || transition.blockedByApproval === true,
    looped: false,
  };
}
