/**
 * Atlassian's answer to an app's report of the accounts it stores: which of them were closed, and which
 * changed since the app last looked. https://developer.atlassian.com/platform/forge/user-privacy-guidelines/
 */
import { z } from 'zod';
import { json, type Reply } from '../kit/routes';

const MOST_ACCOUNTS = 90;
/** What an app must have been granted to ask. */
export const REPORT_SCOPE = 'report:personal-data';

const reportSchema = z.object({
  accounts: z
    .array(z.object({ accountId: z.string().min(1), updatedAt: z.iso.datetime({ offset: true }) }))
    .min(1)
    .max(MOST_ACCOUNTS),
});

export class Accounts {
  readonly #closed = new Set<string>();
  readonly #changed = new Map<string, number>();

  close(accountId: string): void {
    this.#closed.add(accountId);
  }

  /** `at`: milliseconds since 1970. */
  change(accountId: string, at: number): void {
    this.#changed.set(accountId, at);
  }

  forget(): void {
    this.#closed.clear();
    this.#changed.clear();
  }

  report(body: unknown): Reply {
    const asked = reportSchema.safeParse(body);
    if (!asked.success) {
      return json(400, { errorType: 'malformed-input', errorMessage: asked.error.message });
    }
    const accounts = asked.data.accounts.flatMap(({ accountId, updatedAt }) => {
      if (this.#closed.has(accountId)) return { accountId, status: 'closed' };
      const changed = this.#changed.get(accountId) ?? 0;
      return changed > Date.parse(updatedAt) ? { accountId, status: 'updated' } : [];
    });
    return accounts.length > 0 ? json(200, { accounts }) : { status: 204 };
  }
}
