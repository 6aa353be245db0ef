/**
 * What a create-property panel hands over with the form. The portal stores it as one issue property
 * named after the UUID of the app, some time after the issue was created and its event sent.
 * https://developer.atlassian.com/platform/forge/manifest-reference/modules/jira-service-management-portal-request-create-property-panel/
 */
import { z } from 'zod';
import type { SiteContext } from '../context';
import { LONGEST_PROPERTY } from '../field-input';
import { propertyKeyOf, schedulePanelProperty } from '../panel-property';
import type { IssueState } from '../state';

const panelSchema = z.looseObject({
  /** Only needed when several apps are installed. */
  appId: z.string().optional(),
  fields: z.array(z.looseObject({ key: z.string(), value: z.unknown() })),
});

export function sendPanel(site: SiteContext, issue: IssueState, panel: unknown): void {
  // Anything of another shape is dropped without a word; so is what is too long.
  const parsed = panelSchema.safeParse(panel);
  if (!parsed.success) return;
  const { appId, fields } = parsed.data;
  const app = site.state.apps.find(
    (known) => !known.removed && (appId === undefined || known.appId === appId),
  );
  if (!app) return;
  const value = Object.fromEntries(fields.map((field) => [field.key, field.value]));
  if (JSON.stringify(value).length > LONGEST_PROPERTY) return;
  const property = {
    issueId: issue.id,
    key: propertyKeyOf(app.appId),
    value,
    at: site.clock.now() + site.profile.jiraPropertyLagMs,
  };
  site.state.onTheirWay.push(property);
  schedulePanelProperty(site, property);
}
