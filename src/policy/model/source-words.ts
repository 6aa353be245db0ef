/** How a stage and its sources are called where people read them, without any person's name. */
import type { Condition, Source, StageRule } from '../../contracts/policy';

export function sourceInWords(source: Source): string {
  switch (source.kind) {
    case 'manager':
      return 'the manager';
    case 'managers-manager':
      return "the manager's manager";
    case 'owner':
      return 'the owner of the app';
    case 'people':
      return source.accounts.length === 1
        ? 'one named person'
        : `${source.accounts.length} named people`;
    case 'jira-group':
      return `the Jira group ${source.name}`;
    case 'directory-group':
      return `the group ${source.group} of ${source.connection}`;
  }
}

export function stageInWords({ from, needs }: Pick<StageRule, 'from' | 'needs'>): string {
  const who = from.map(sourceInWords).join(', ');
  if (needs === 'any') return from.length > 1 ? `any of ${who}` : who;
  return needs === 'all' ? `all of ${who}` : `${needs} of ${who}`;
}

export const stagesInWords = (stages: readonly Pick<StageRule, 'from' | 'needs'>[]): string =>
  stages.map(stageInWords).join(', then ') || 'nobody';

export function conditionInWords(condition: Condition): string {
  switch (condition.kind) {
    case 'department':
      return `department ${condition.is.join(' or ')}`;
    case 'employment':
      return `employment ${condition.is.join(' or ')}`;
    case 'directory-group':
      return `group ${condition.group} of ${condition.connection}`;
  }
}
