/** What the requester wants, read from the panel, the plain fields and answers given in comments. */

import type { Binding } from '../../catalog/model/settings';
import { readPanel } from '../../contracts/panel';
import { DAY, HOUR, MINUTE } from '../../shared/instant';
import { no, ok, type Refusal, type Result } from '../../shared/result';
import type { AccessRequest } from './request';

export interface Wish {
  /** App id or name, as written. */
  readonly app?: string;
  /** Role id or name, as written. */
  readonly role?: string;
  /** Seconds; `null`: permanent; `undefined`: nothing said. */
  readonly duration?: number | null;
  /** A duration was written that nobody can read. */
  readonly durationText?: string;
  readonly reason: string;
  /** Account id; absent: the reporter. */
  readonly beneficiary?: string;
  /** When it shall begin, ISO-8601; absent: as soon as it is approved. */
  readonly start?: string;
  /** Key of the ticket that it is for. */
  readonly ticket?: string;
  /** It ends when that ticket is closed. */
  readonly untilTicket?: boolean;
  readonly from: 'panel' | 'fields';
}

/** The parts of an issue that a wish is read from. */
export interface WishSource {
  readonly panel: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly descriptionText: string;
}

/** Everything from this line on is the app's own text in the description. */
export const HEADING = 'Access request as Latchkey read it';

export function ownWords(descriptionText: string): string {
  const at = descriptionText.indexOf(HEADING);
  return (at < 0 ? descriptionText : descriptionText.slice(0, at)).trim();
}

export function readWish(
  source: WishSource,
  fields: Binding['fields'],
  answers: AccessRequest['answers'],
): Result<Wish, Refusal> {
  const said = {
    ...(answers['app'] && { app: answers['app'] }),
    ...(answers['role'] && { role: answers['role'] }),
    ...(answers['duration'] && readDuration(answers['duration'])),
    ...(answers['reason'] && { reason: answers['reason'] }),
    ...(answers['ticket'] && { ticket: answers['ticket'] }),
  };
  if (source.panel !== undefined) {
    const panel = readPanel(source.panel);
    if (!panel.success) {
      return no({
        check: 'panel-readable',
        sentence: 'The data that the request form sent could not be read, so nothing was changed.',
        nextStep:
          'Please raise the request again from the portal. IT has been told and sees the details.',
        facts: {
          problems: panel.error.issues
            .slice(0, 5)
            .map((i) => `${i.path.join('.') || 'property'}: ${i.message}`.slice(0, 300)),
        },
      });
    }
    const { app, role, duration, reason, beneficiary, start, ticket, untilTicket } = panel.data;
    return ok({
      from: 'panel',
      ...(app !== undefined && { app }),
      ...(role !== undefined && { role }),
      ...(duration !== undefined && { duration: duration === 'permanent' ? null : duration }),
      ...(beneficiary !== undefined && { beneficiary }),
      ...(start !== undefined && { start }),
      ...(ticket !== undefined && { ticket }),
      ...(untilTicket && { untilTicket }),
      reason: (reason ?? ownWords(source.descriptionText)).trim(),
      ...said,
    });
  }
  const text = (id: string | undefined) =>
    id === undefined ? undefined : fieldText(source.fields[id]);
  const app = text(fields.app);
  const role = text(fields.role);
  const duration = text(fields.duration);
  const beneficiary = fields.beneficiary && accountOf(source.fields[fields.beneficiary]);
  return ok({
    from: 'fields',
    ...(app && { app }),
    ...(role && { role }),
    // What cannot be read in the field is settled by the answer that was asked for.
    ...(duration && !answers['duration'] && readDuration(duration)),
    ...(beneficiary && { beneficiary }),
    reason: (fields.reason ? (text(fields.reason) ?? '') : ownWords(source.descriptionText)).trim(),
    ...said,
  });
}

/** Text, select and cascading fields, all as the words that the person sees. */
function fieldText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined;
  if (typeof value === 'number') return String(value);
  if (value !== null && typeof value === 'object' && 'value' in value)
    return fieldText(value.value);
  return undefined;
}

function accountOf(value: unknown): string | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  if (
    one !== null &&
    typeof one === 'object' &&
    'accountId' in one &&
    typeof one.accountId === 'string'
  ) {
    return one.accountId;
  }
  return undefined;
}

const UNITS: readonly [RegExp, number][] = [
  [/^(m|min|mins|minute|minutes)$/, MINUTE],
  [/^(h|hr|hrs|hour|hours)$/, HOUR],
  [/^(d|day|days)$/, DAY],
  [/^(w|week|weeks)$/, 7 * DAY],
];

/** `6 hours`, `6h`, `1 day`, `permanent`. Anything else is kept as text and asked back. */
export function readDuration(text: string): { duration: number | null } | { durationText: string } {
  const clean = text.trim().toLowerCase();
  if (['permanent', 'permanently', 'no end', 'forever'].includes(clean)) return { duration: null };
  const parts = /^(\d{1,4})\s*([a-z]+)$/.exec(clean);
  const unit = UNITS.find(([names]) => names.test(parts?.[2] ?? ''))?.[1];
  const seconds = unit === undefined ? 0 : Number(parts?.[1]) * unit;
  return seconds > 0 ? { duration: seconds } : { durationText: text.trim().slice(0, 60) };
}
