/** The parts of Jira's answers that the app uses; whatever else Jira sends is ignored. */
import * as z from 'zod/mini';
import { type Instant, instant, parseInstant } from '../shared/instant';

/** `2021-01-17T12:34:00.000+0000`, without a colon in the offset. */
export const jiraDate = z.pipe(
  z.string(),
  z.transform((text, context): Instant => {
    try {
      return parseInstant(text);
    } catch {
      context.issues.push({ code: 'custom', message: 'not a date', input: text });
      return z.NEVER;
    }
  }),
);

/** Jira Service Management's dates. */
export const serviceDate = z.pipe(
  z.object({ epochMillis: z.number() }),
  z.transform(({ epochMillis }) => instant(epochMillis)),
);

const accountRef = z.pipe(
  z.nullish(z.object({ accountId: z.string() })),
  z.transform((account) => account?.accountId),
);

export const statusSchema = z.pipe(
  z.object({
    id: z.string(),
    name: z.string(),
    statusCategory: z.object({ key: z.string() }),
  }),
  z.transform(({ id, name, statusCategory }) => ({
    id,
    name,
    category: category(statusCategory.key),
  })),
);

/** Jira knows a fourth category, "No Category", whose work has not begun either. */
function category(key: string): 'new' | 'indeterminate' | 'done' {
  return key === 'done' || key === 'indeterminate' ? key : 'new';
}

/**
 * Jira names a member of a change `toString`. It is renamed before anything asks for it: where it
 * is missing, every object still answers to that name, with a function.
 */
const changeItem = z.pipe(
  z.transform((value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const toText = Object.hasOwn(value, 'toString')
      ? (value as { toString: unknown }).toString
      : undefined;
    return { ...value, toText };
  }),
  z.object({
    field: z.string(),
    fieldId: z.nullish(z.string()),
    from: z.nullish(z.string()),
    fromString: z.nullish(z.string()),
    to: z.nullish(z.string()),
    toText: z.nullish(z.string()),
  }),
);

export const historySchema = z.pipe(
  z.object({
    id: z.string(),
    created: jiraDate,
    author: accountRef,
    items: z.array(changeItem),
  }),
  z.transform(({ id, created, author, items }) =>
    items.map((item) => ({
      id,
      at: created,
      by: author,
      fieldId: item.fieldId ?? item.field,
      // Text fields have no ids to change from and to, only the texts themselves.
      from: item.from ?? item.fromString ?? null,
      to: item.to ?? item.toText ?? null,
    })),
  ),
);

export const transitionSchema = z.pipe(
  z.object({
    id: z.string(),
    name: z.string(),
    to: z.object({ id: z.string() }),
    isAvailable: z.nullish(z.boolean()),
  }),
  z.transform(({ id, name, to, isAvailable }) => ({
    id,
    name,
    toStatusId: to.id,
    available: isAvailable !== false,
  })),
);

export const issueSchema = z.object({
  id: z.string(),
  key: z.string(),
  /** Custom fields come along under their ids. */
  fields: z.looseObject({
    summary: z.nullish(z.string()),
    description: z.optional(z.unknown()),
    status: statusSchema,
    creator: accountRef,
    reporter: accountRef,
    created: jiraDate,
    project: z.object({ id: z.string() }),
  }),
  properties: z.nullish(z.record(z.string(), z.unknown())),
  changelog: z.nullish(z.object({ total: z.number(), histories: z.array(historySchema) })),
  transitions: z.nullish(z.array(transitionSchema)),
});
export type IssueAnswer = z.infer<typeof issueSchema>;

export const requestTypeValue = z.object({ requestType: z.object({ id: z.string() }) });

const decision = z.enum(['approved', 'declined', 'pending']);

/** Strict about decisions: a word that is not known must not be read as one. */
export const approvalSchema = z.object({
  id: z.string(),
  name: z.string(),
  finalDecision: decision,
  createdDate: serviceDate,
  completedDate: z.nullish(serviceDate),
  approvers: z.array(z.object({ approver: accountRef, approverDecision: decision })),
});

export const accountSchema = z.pipe(
  z.object({
    accountId: z.string(),
    accountType: z.nullish(z.string()),
    active: z.boolean(),
    displayName: z.nullish(z.string()),
  }),
  z.transform(({ accountId, accountType, active, displayName }) => ({
    accountId,
    type: accountKind(accountType),
    active,
    displayName: displayName ?? '',
  })),
);

function accountKind(
  type: string | null | undefined,
): 'atlassian' | 'customer' | 'app' | 'unknown' {
  return type === 'atlassian' || type === 'customer' || type === 'app' ? type : 'unknown';
}
