/** Watches every call of a port, so that a test can count them, hold them back, or stop them dead. */
export interface Watch {
  /** `store.transact`; what it throws or waits for happens before the call takes effect. */
  before(call: string, args: readonly unknown[]): Promise<void> | void;
  /** After it took effect, before anybody hears of it. */
  after(call: string, args: readonly unknown[]): Promise<void> | void;
}

export function intercept<T extends object>(name: string, port: T, watch: Watch): T {
  return new Proxy(port, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        const call = `${name}.${String(member)}`;
        await watch.before(call, args);
        const answer: unknown = await value.apply(target, args);
        await watch.after(call, args);
        return answer;
      };
    },
  });
}

/** The process died: nothing it does afterwards reaches the outside. */
export class Killed extends Error {}

/** Dies before or after the n-th call, counted from one; `calls` is what was reached until then. */
export function dieAt(n: number, when: 'before' | 'after'): Watch & { readonly calls: string[] } {
  const calls: string[] = [];
  let dead = false;
  const die = () => {
    dead = true;
    throw new Killed(`${when} ${calls.at(-1)}`);
  };
  return {
    calls,
    before(call) {
      if (dead) throw new Killed('already dead');
      calls.push(call);
      if (calls.length === n && when === 'before') die();
    },
    after() {
      if (calls.length === n && when === 'after') die();
    },
  };
}
