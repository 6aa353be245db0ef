import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../sandbox/forge/expression';

const event = {
  eventType: 'avi:jira:updated:issue',
  issue: { key: 'IT-7', fields: { status: { name: 'Approved' }, assignee: null } },
  changelog: { items: [{ field: 'summary' }, { field: 'status', to: '3' }] },
};

describe('a trigger filter', () => {
  it.each([
    ["event.changelog.items.some(i => i.field == 'status')", true],
    ["event.changelog.items.every(i => i.field == 'status')", false],
    ["event.changelog.items.filter(i => i.field == 'status').length == 1", true],
    ["event.changelog.items.map(i => i.field).includes('status')", true],
    ["event.issue.fields.status.name == 'Approved' && !(1 > 2)", true],
    ["['New', 'Approved'].includes(event.issue.fields.status.name)", true],
    ['event.issue.fields.assignee == null', true],
    ['event.issue.fields?.priority?.name == null', true],
    ["event.issue['key'].includes('IT-')", true],
    ["event.issue.key == 'IT-7' ? 2 + 3 >= 5 : false", true],
    ["event.changelog.items.some((i) => i.field == 'priority') || false", false],
  ])('answers %s', (source, answer) => {
    expect(evaluate(source, event)).toBe(answer);
  });

  it.each([
    'event.issue.fields.priority.name',
    'event.issue.fields.assignee.name',
    'event.changelog.items.some(i => i.to == 3)',
    'event.issue.key && true',
    'nobody.knows',
    'event.issue.',
    "event.issue.key == 'IT-7' extra",
    'event.issue.key.constructor',
    '1 < "a"',
  ])('fails on %s', (source) => {
    expect(() => evaluate(source, event)).toThrow();
  });
});
