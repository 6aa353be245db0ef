/** The register of accounts in plain storage, `accounts:0`, `accounts:1` and so on. */
import type { Deps } from '../requests/deps';
import { MOST_IN_REGISTER, type Register, registerSchema } from './model/accounts';

const MOST_PARTS = 200;
const placeOf = (part: number) => `accounts:${part}`;

export class AccountRegister {
  readonly #deps: Pick<Deps, 'store'>;
  readonly #parts: Register[];
  readonly #touched = new Set<number>();

  private constructor(deps: Pick<Deps, 'store'>, parts: Register[]) {
    this.#deps = deps;
    this.#parts = parts;
  }

  static async open(deps: Pick<Deps, 'store'>): Promise<AccountRegister> {
    const parts: Register[] = [];
    for (let part = 0; part < MOST_PARTS; part++) {
      const stored = await deps.store.readPlain(placeOf(part));
      if (stored === undefined || stored === null) break;
      parts.push(registerSchema.safeParse(stored).data ?? { v: 1, since: {} });
    }
    return new AccountRegister(deps, parts);
  }

  /** By id, so that a report that was cut off knows where it stood. */
  all(): { readonly accountId: string; readonly updatedAt: string }[] {
    return this.#parts
      .flatMap(({ since }) => Object.entries(since))
      .map(([accountId, updatedAt]) => ({ accountId, updatedAt }))
      .sort((a, b) => (a.accountId < b.accountId ? -1 : 1));
  }

  add(accountId: string, at: string): void {
    if (this.#partOf(accountId) >= 0) return;
    let part = this.#parts.findIndex(({ since }) => Object.keys(since).length < MOST_IN_REGISTER);
    if (part < 0) part = this.#parts.push({ v: 1, since: {} }) - 1;
    this.#set(part, accountId, at);
  }

  renew(accountId: string, at: string): void {
    const part = this.#partOf(accountId);
    if (part >= 0) this.#set(part, accountId, at);
  }

  drop(accountId: string): void {
    const part = this.#partOf(accountId);
    const held = this.#parts[part];
    if (!held) return;
    const { [accountId]: _, ...since } = held.since;
    this.#parts[part] = { v: 1, since };
    this.#touched.add(part);
  }

  async save(): Promise<void> {
    for (const part of this.#touched)
      await this.#deps.store.writePlain(placeOf(part), this.#parts[part]);
    this.#touched.clear();
  }

  #partOf(accountId: string): number {
    return this.#parts.findIndex(({ since }) => Object.hasOwn(since, accountId));
  }

  #set(part: number, accountId: string, at: string): void {
    const { since } = this.#parts[part] as Register;
    this.#parts[part] = { v: 1, since: { ...since, [accountId]: at } };
    this.#touched.add(part);
  }
}
