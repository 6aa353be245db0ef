/** Atlassian's answer about accounts: who was closed or changed, and when. */
import type { Privacy } from '../../src/forge/ports';
import { type Failure, no, ok } from '../../src/shared/result';

export class MemoryPrivacy implements Privacy {
  readonly closed = new Set<string>();
  /** When the account last changed. */
  readonly changed = new Map<string, string>();
  /** What was reported, call by call. */
  readonly reports: { readonly accountId: string; readonly updatedAt: string }[][] = [];
  trouble: () => Failure | undefined = () => undefined;

  async report(accounts: readonly { readonly accountId: string; readonly updatedAt: string }[]) {
    if (accounts.length > 90) throw new Error(`${accounts.length} accounts at once`);
    const trouble = this.trouble();
    if (trouble) return no(trouble);
    this.reports.push([...accounts]);
    return ok(
      accounts.flatMap(({ accountId, updatedAt }) => {
        if (this.closed.has(accountId)) return { accountId, status: 'closed' as const };
        const changed = this.changed.get(accountId);
        const isNew = changed !== undefined && changed > updatedAt;
        return isNew ? { accountId, status: 'updated' as const } : [];
      }),
    );
  }
}
