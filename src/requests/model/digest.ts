/**
 * What exactly was asked, as one hash. Computed once, at the pin, from the issue re-read after the
 * app wrote its own text; the gate computes both hashes again and refuses any difference.
 */
import * as z from 'zod/mini';
import { hashOf } from '../../shared/canonical';
import { formOf } from './document';

export const subjectSchema = z.strictObject({
  issueId: z.string(),
  projectId: z.string(),
  requestTypeId: z.string(),
  /** Who made the issue. */
  submitter: z.string(),
  /** The beneficiary in the directory. */
  personId: z.string(),
  connectionId: z.string(),
  tenant: z.string(),
  roleId: z.string(),
  accessVersion: z.int(),
  /** Sorted. */
  groupIds: z.array(z.string()),
  /** Seconds; `null`: no end. */
  duration: z.nullable(z.int()),
  start: z.nullable(z.string()),
  /** Id of the ticket whose closing ends it. */
  until: z.optional(z.string()),
  reasonHash: z.string(),
  policyVersion: z.int(),
  /** Of the rules it is judged by, wherever each of them is written. */
  policyHash: z.optional(z.string()),
});
/** The members of the digest (design 5.4). */
export type Subject = z.infer<typeof subjectSchema>;

export const digestOf = (subject: Subject): string => hashOf(subject);

/** What people can edit on the issue; the app's own later writes are not part of it. */
export interface Source {
  readonly panel: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly summary: string;
  /** As Jira holds it: formatting can hide a text that reads the same. */
  readonly description: unknown;
  readonly reporter: string | undefined;
  readonly requestTypeId: string | undefined;
  readonly projectId: string;
}

/** Numbers in a foreign property may be fractions, so the property is hashed as sorted JSON text. */
export function sourceHashOf(source: Source): string {
  return hashOf({
    ...source,
    panel: stable(source.panel),
    fields: stable(source.fields),
    description: stable(formOf(source.description)),
  });
}

function stable(value: unknown): unknown {
  // Marked on both sides: the text "#5" must not pass for the number 5.
  if (typeof value === 'number') return `#${value}`;
  if (typeof value === 'string') return `'${value}`;
  if (Array.isArray(value)) return value.map(stable);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, stable(member)]),
    );
  }
  return value;
}
