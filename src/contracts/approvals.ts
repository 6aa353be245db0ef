/** What approvers do with a request by the app's own card, and what they are shown. */
import * as z from 'zod/mini';
import '../shared/english';
import { issueRef } from './admin';

/** Line breaks are kept; what makes one text pose as another is not. */
const words = (max: number) =>
  z
    .string()
    .check(
      z.trim(),
      z.minLength(3),
      z.maxLength(max),
      z.regex(/^(?:[^\p{Cc}\p{Cf}]|\n)*$/u, 'contains invisible or control characters'),
    );
const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'the digest that the card showed'));

export const cardRef = issueRef;
export const cardDecision = z.discriminatedUnion('decision', [
  z.strictObject({
    ...issueRef.shape,
    digest,
    decision: z.literal('approve'),
    /** Seconds, fewer than were asked for. */
    shorten: z.optional(z.int().check(z.gte(300), z.lte(366 * 86_400))),
  }),
  z.strictObject({
    ...issueRef.shape,
    digest,
    decision: z.literal('decline'),
    /** Told to the requester. */
    reason: words(1000),
  }),
]);
export type CardDecision = z.infer<typeof cardDecision>;

export const askBack = z.strictObject({ ...issueRef.shape, question: words(2000) });
export const openDecisions = z.optional(
  z.strictObject({ cursor: z.optional(z.string().check(z.maxLength(2000))) }),
);

/** How this person can answer now, or why not. */
export type Way =
  | { readonly by: 'card' }
  | { readonly by: 'jira' | 'nothing'; readonly because: string };

export interface Card {
  readonly issueKey: string;
  readonly state: string;
  readonly round: number;
  /** Which stage has its turn, of how many, and how many of its people must say yes. */
  readonly turn: { readonly number: number; readonly of: number; readonly needs: number };
  readonly who: string;
  /** Only when it is somebody else. */
  readonly askedBy?: string;
  readonly role: string;
  readonly app: string;
  readonly description: string;
  /** Seconds; `null`: no end. */
  readonly duration: number | null;
  readonly until: string;
  readonly start?: string;
  readonly ticket?: string;
  readonly deciders: readonly {
    readonly name: string;
    readonly because: string;
    readonly answered: boolean;
  }[];
  readonly changes: string;
  readonly why: string;
  readonly next: string;
  readonly risk: string;
  readonly warnings: readonly string[];
  /** What became of this person's earlier requests for this role. */
  readonly history: { readonly given: number; readonly declined: number; readonly other: number };
  /** What was edited since it was put up for approval; an answer to it would not count. */
  readonly edited: readonly string[];
  readonly question?: { readonly at: string; readonly yours: boolean };
  readonly digest: string;
  /** Lengths in seconds that may be allowed instead. */
  readonly shorter: readonly number[];
  readonly way: Way;
}
