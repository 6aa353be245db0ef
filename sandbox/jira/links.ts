/**
 * Links between issues. A link is in the history of both, and has an event of its own; that an
 * `updated` event is sent besides is nowhere said, so none is.
 */
import type { SiteContext } from './context';
import { newId } from './context';
import { issuesLinked } from './events';
import { recordQuietly } from './history';
import type { Actor } from './people';
import type { IssueState } from './state';

interface LinkType {
  readonly id: string;
  readonly name: string;
  /** Read from the destination, and from the source. */
  readonly inward: string;
  readonly outward: string;
}

/** Those that every site starts with. */
export const LINK_TYPES: readonly LinkType[] = [
  { id: '10000', name: 'Blocks', inward: 'is blocked by', outward: 'blocks' },
  { id: '10001', name: 'Cloners', inward: 'is cloned by', outward: 'clones' },
  { id: '10002', name: 'Duplicate', inward: 'is duplicated by', outward: 'duplicates' },
  { id: '10003', name: 'Relates', inward: 'relates to', outward: 'relates to' },
];

export const linkTypeJson = (site: SiteContext, type: LinkType) => ({
  ...type,
  self: `${site.baseUrl}/rest/api/3/issueLinkType/${type.id}`,
});

/** The second time the same link is asked for, nothing happens. */
export function linkIssues(
  site: SiteContext,
  { source, destination }: { source: IssueState; destination: IssueState },
  type: LinkType,
  by: Actor,
): void {
  const known = site.state.links.some(
    (link) =>
      link.typeId === type.id &&
      link.sourceId === source.id &&
      link.destinationId === destination.id,
  );
  if (known) return;
  const link = {
    id: newId(site),
    typeId: type.id,
    sourceId: source.id,
    destinationId: destination.id,
  };
  site.state.links.push(link);
  recordQuietly(site, source, { by, items: [linkItem(type.outward, destination)] });
  recordQuietly(site, destination, { by, items: [linkItem(type.inward, source)] });
  const { id, name, inward, outward } = type;
  issuesLinked(site, { source, destination }, by, {
    id: link.id,
    issueLinkType: { id, name, inwardName: inward, outwardName: outward },
  });
}

const linkItem = (words: string, other: IssueState) => ({
  field: 'Link',
  fieldtype: 'jira' as const,
  fieldId: 'issuelinks',
  from: null,
  fromString: null,
  to: other.key,
  toString: `This work item ${words} ${other.key}`,
});
