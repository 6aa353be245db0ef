/** The parts of Jira's answers that the app uses; whatever else Jira sends is ignored. */
import { z } from 'zod';
import { type Instant, instant, parseInstant } from '../shared/instant';

/** `2021-01-17T12:34:00.000+0000`, without a colon in the offset. */
export const jiraDate = z.string().transform((text, context): Instant => {
  try {
    return parseInstant(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'not a date' });
    return z.NEVER;
  }
});

/** Jira Service Management's dates. */
export const serviceDate = z
  .object({ epochMillis: z.number() })
  .transform(({ epochMillis }) => instant(epochMillis));

const accountRef = z
  .object({ accountId: z.string() })
  .nullish()
  .transform((account) => account?.accountId);

export const statusSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    statusCategory: z.object({ key: z.string() }),
  })
  .transform(({ id, name, statusCategory }) => ({
    id,
    name,
    category: category(statusCategory.key),
  }));

/** Jira knows a fourth category, "No Category", whose work has not begun either. */
function category(key: string): 'new' | 'indeterminate' | 'done' {
  return key === 'done' || key === 'indeterminate' ? key : 'new';
}

/**
 * Jira names a member of a change `toString`. It is renamed before anything asks for it: where it
 * is missing, every object still answers to that name, with a function.
 */
const changeItem = z.preprocess(
  (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const toText = Object.hasOwn(value, 'toString')
      ? (value as { toString: unknown }).toString
      : undefined;
    return { ...value, toText };
  },
  z.object({
    field: z.string(),
    fieldId: z.string().nullish(),
    from: z.string().nullish(),
    fromString: z.string().nullish(),
    to: z.string().nullish(),
    toText: z.string().nullish(),
  }),
);

export const historySchema = z
  .object({
    id: z.string(),
    created: jiraDate,
    author: accountRef,
    items: z.array(changeItem),
  })
  .transform(({ id, created, author, items }) =>
    items.map((item) => ({
      id,
      at: created,
      by: author,
      fieldId: item.fieldId ?? item.field,
      // Text fields have no ids to change from and to, only the texts themselves.
      from: item.from ?? item.fromString ?? null,
      to: item.to ?? item.toText ?? null,
    })),
  );

export const transitionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    to: z.object({ id: z.string() }),
    isAvailable: z.boolean().nullish(),
  })
  .transform(({ id, name, to, isAvailable }) => ({
    id,
    name,
    toStatusId: to.id,
    available: isAvailable !== false,
  }));

export const issueSchema = z.object({
  id: z.string(),
  key: z.string(),
  /** Custom fields come along under their ids. */
  fields: z.looseObject({
    summary: z.string().nullish(),
    description: z.unknown().optional(),
    status: statusSchema,
    creator: accountRef,
    reporter: accountRef,
    created: jiraDate,
    project: z.object({ id: z.string() }),
  }),
  properties: z.record(z.string(), z.unknown()).nullish(),
  changelog: z.object({ total: z.number(), histories: z.array(historySchema) }).nullish(),
  transitions: z.array(transitionSchema).nullish(),
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
  completedDate: serviceDate.nullish(),
  approvers: z.array(z.object({ approver: accountRef, approverDecision: decision })),
});

export const accountSchema = z
  .object({
    accountId: z.string(),
    accountType: z.string().nullish(),
    active: z.boolean(),
    displayName: z.string().nullish(),
  })
  .transform(({ accountId, accountType, active, displayName }) => ({
    accountId,
    type: accountKind(accountType),
    active,
    displayName: displayName ?? '',
  }));

function accountKind(
  type: string | null | undefined,
): 'atlassian' | 'customer' | 'app' | 'unknown' {
  return type === 'atlassian' || type === 'customer' || type === 'app' ? type : 'unknown';
}
