/** When people signed in, made up from their ids. */
import { createHash } from 'node:crypto';
import { guid } from '../../world/ids';

export const DAY = 86_400_000;

interface SignsIn {
  readonly id: string;
  /** When somebody last got in; `null`: never. */
  readonly lastSignIn: string | null;
}

/** A failed attempt comes after the last success, and says nothing about use. */
export function signInActivity(user: SignsIn): Record<string, unknown> | null {
  if (user.lastSignIn === null) return null;
  const at = (plus: number) => shown(Date.parse(user.lastSignIn ?? '') + plus);
  return {
    lastSignInDateTime: at(DAY / 2),
    lastSignInRequestId: guid(`attempt:${user.id}`),
    lastNonInteractiveSignInDateTime: at(DAY / 4),
    lastNonInteractiveSignInRequestId: guid(`token:${user.id}`),
    lastSuccessfulSignInDateTime: at(0),
    lastSuccessfulSignInRequestId: guid(`success:${user.id}`),
  };
}

/** Days before the tenant began to be read: most people yesterday, some long ago, a few never. */
export function lastSignInOf(id: string, active: boolean, now: number): string | null {
  const part = share(id);
  if (part < 0.06) return null;
  const days = !active || part < 0.16 ? 100 + part * 300 : part * 5;
  return new Date(now - Math.round(days * DAY)).toISOString();
}

/** A person's own number below one. */
const share = (id: string) => createHash('sha256').update(id).digest().readUInt16BE(0) / 65_536;

/** Reports show whole seconds. */
export const shown = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
