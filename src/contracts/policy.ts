/**
 * The policy language: data only, one schema for the store, for files and for the admin page.
 *
 * A site keeps one complete set of rules per risk tier; an app and a role may override any member of
 * it. `effective.ts` lays the three over each other, `evaluate.ts` judges a request by the result.
 * Everything a rule looks at is a fact that the server reads; nothing that a requester writes counts.
 */
import * as z from 'zod/mini';

export const tierSchema = z.enum(['routine', 'sensitive', 'privileged', 'break-glass']);
export type Tier = z.infer<typeof tierSchema>;

const account = z.string().check(z.minLength(1), z.maxLength(128));
const connection = z.string().check(z.minLength(1), z.maxLength(40));
const id = z.string().check(z.minLength(1), z.maxLength(100));
const words = z.array(z.string().check(z.trim(), z.minLength(1), z.maxLength(100)));
const text = (max: number) => z.string().check(z.trim(), z.minLength(1), z.maxLength(max));
const instant = z.string();
/** Seconds. Shorter than five minutes the sweep could not promise an end. */
const seconds = z.int().check(z.gte(300), z.lte(366 * 86_400));

/** What is true of the person who shall receive the access, as their directory says. */
export const conditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('department'),
    is: words.check(z.minLength(1), z.maxLength(50)),
  }),
  z.strictObject({
    kind: z.literal('employment'),
    is: words.check(z.minLength(1), z.maxLength(20)),
  }),
  z.strictObject({ kind: z.literal('directory-group'), connection, group: id }),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** Where a stage's deciders come from. */
export const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('manager') }),
  z.strictObject({ kind: z.literal('managers-manager') }),
  z.strictObject({ kind: z.literal('owner') }),
  z.strictObject({
    kind: z.literal('people'),
    accounts: z.array(account).check(z.minLength(1), z.maxLength(20)),
  }),
  /** Goes into the Approver groups field as it is; who is in it is read when they answer. */
  z.strictObject({ kind: z.literal('jira-group'), group: id, name: text(255) }),
  /** Becomes its active members with one account each, twenty at most. */
  z.strictObject({ kind: z.literal('directory-group'), connection, group: id }),
]);
export type Source = z.infer<typeof sourceSchema>;

export const stageRuleSchema = z.strictObject({
  id: z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/)),
  from: z.array(sourceSchema).check(z.minLength(1), z.maxLength(5)),
  /** How many of them must say yes. */
  needs: z.union([z.literal('any'), z.literal('all'), z.int().check(z.positive(), z.lte(20))]),
});
export type StageRule = z.infer<typeof stageRuleSchema>;

/** A published rule that decides instead of people; all conditions must hold. Routine roles only. */
export const autoRuleSchema = z.strictObject({
  rule: text(100),
  when: z
    .array(
      z.discriminatedUnion('kind', [
        ...conditionSchema.def.options,
        z.strictObject({ kind: z.literal('at-most'), seconds }),
        /** Nobody asks for somebody else. */
        z.strictObject({ kind: z.literal('asks-for-self') }),
      ]),
    )
    .check(z.maxLength(10)),
  signedOffBy: account,
  /** Counts for twelve months; then people decide until somebody signs it off again. */
  signedOffAt: instant,
});
export type AutoRule = z.infer<typeof autoRuleSchema>;

export const breakGlassSchema = z.strictObject({
  /** Any of them makes a person eligible; empty: nobody is. */
  eligible: z.array(conditionSchema).check(z.maxLength(20)),
  /** An open incident of the site's ticket projects has to be named. */
  incident: z.boolean(),
  /** Seconds from the grant until it must have been reviewed; then it ends and is escalated. */
  reviewWithin: seconds,
});
export type BreakGlass = z.infer<typeof breakGlassSchema>;

/** Every member decided: what a request is judged by, and what its pin keeps. */
export const rulesSchema = z.strictObject({
  /** Who may see and ask: any of them; empty: everybody. */
  visibleTo: z.array(conditionSchema).check(z.maxLength(20)),
  /** In order. Of a break-glass role: who is told, and who reviews. */
  stages: z.array(stageRuleSchema).check(z.minLength(1), z.maxLength(4)),
  /** One person may decide in one stage only. */
  distinct: z.boolean(),
  auto: z.nullable(autoRuleSchema),
  /** Seconds, ascending. */
  durations: z.array(seconds).check(z.maxLength(10)),
  permanent: z.boolean(),
  /** Characters of the reason, at least. */
  reasonLength: z.int().check(z.nonnegative(), z.lte(1000)),
  /** The request names an open issue of the site's ticket projects. */
  ticket: z.enum(['none', 'required']),
  /** Seconds from the first grant over all renewals; `null`: no cap. */
  totalAge: z.nullable(seconds),
  breakGlass: z.nullable(breakGlassSchema),
});
export type Rules = z.infer<typeof rulesSchema>;

/** What an app or a role says differently; members that are absent are as the next level says. */
export const overrideSchema = z.partial(rulesSchema);
export type Override = z.infer<typeof overrideSchema>;

/** Roles that nobody should hold together. */
export const sodSetSchema = z.strictObject({
  id: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/)),
  name: text(100),
  roles: z.array(z.string().check(z.maxLength(121))).check(z.minLength(2), z.maxLength(20)),
  /** `extra-approver`: one more stage, and access that must have an end. */
  mode: z.enum(['warn', 'extra-approver', 'block']),
  /** Only with `extra-approver`. */
  approver: z.optional(sourceSchema),
  /** Only with `extra-approver`: seconds that the exception may last. */
  longest: z.optional(seconds),
});
export type SodSet = z.infer<typeof sodSetSchema>;

/** Clock hours in the site's zone, for reminders and escalation only: nothing ends or starts by them. */
export const hoursSchema = z.strictObject({
  /** 1 = Monday … 7 = Sunday. */
  days: z.array(z.int().check(z.gte(1), z.lte(7))).check(z.minLength(1), z.maxLength(7)),
  from: z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/)),
  to: z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/)),
  /** `2026-12-25` */
  holidays: z.array(z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/))).check(z.maxLength(200)),
});
export type Hours = z.infer<typeof hoursSchema>;

export const sitePolicySchema = z.strictObject({
  v: z.literal(1),
  version: z.int().check(z.nonnegative()),
  tiers: z.strictObject({
    routine: rulesSchema,
    sensitive: rulesSchema,
    privileged: rulesSchema,
    'break-glass': rulesSchema,
  }),
  sod: z.array(sodSetSchema).check(z.maxLength(100)),
  hours: hoursSchema,
  /** Business seconds until an open approval is reminded of, and until the fallback is asked as well. */
  remindAfter: z.int().check(z.gte(3600)),
  escalateAfter: z.int().check(z.gte(3600)),
  /** Seconds until a request that nobody decided lapses. */
  lapseAfter: z.int().check(z.gte(86_400), z.lte(90 * 86_400)),
  /** The IT queue: last in every chain. Nobody: a chain without an owner ends with nobody. */
  fallback: z.array(account).check(z.maxLength(20)),
  /** Ids of projects whose issues count as incidents and tickets. */
  ticketProjects: z.array(z.string()).check(z.maxLength(20)),
});
export type SitePolicy = z.infer<typeof sitePolicySchema>;
