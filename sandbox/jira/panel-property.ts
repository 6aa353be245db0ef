/** Properties of create panels that are on their way to their issue. */
import type { SiteContext } from './context';
import { setProperty } from './issues';
import type { SiteState } from './state';

/** The panel's data is stored under the UUID in the app's id. */
export const propertyKeyOf = (appId: string): string => appId.split('/').at(-1) ?? appId;

export function schedulePanelProperty(
  site: SiteContext,
  property: SiteState['onTheirWay'][number],
): void {
  site.clock.schedule({
    at: property.at,
    kind: 'work',
    name: `jira: panel property of issue ${property.issueId}`,
    run: () => {
      const { state } = site;
      if (!state.onTheirWay.includes(property)) return;
      state.onTheirWay = state.onTheirWay.filter((other) => other !== property);
      const issue = state.issues[property.issueId];
      if (issue) setProperty(site, issue, property.key, property.value);
    },
  });
}
