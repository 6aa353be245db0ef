/**
 * Ids with the shape each real service gives them, derived from a text, so that the same seed makes
 * the same world however the generator's order changes.
 */
import { createHash } from 'node:crypto';

const LETTERS_AND_DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LOWER = '0123456789abcdefghijklmnopqrstuvwxyz';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function spelled(text: string, alphabet: string, length: number): string {
  const bytes = digest(text);
  let out = '';
  for (let i = 0; i < length; i++) out += alphabet[(bytes[i] ?? 0) % alphabet.length];
  return out;
}

/** 20 characters; the prefix names the kind: `00u` user, `00g` group, `0pr` rule. */
export function oktaId(prefix: string, text: string): string {
  return `${prefix}${spelled(`okta:${prefix}:${text}`, LETTERS_AND_DIGITS, 20 - prefix.length)}`;
}

/** A version 4 GUID, lower case. */
export function guid(text: string): string {
  const hex = digest(`guid:${text}`).toString('hex');
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** 21 digits, as Google numbers its users. */
export function googleUserId(text: string): string {
  return `1${spelled(`google-user:${text}`, '0123456789', 20)}`;
}

/** 15 characters, as Google names its groups. */
export function googleGroupId(text: string): string {
  return `0${spelled(`google-group:${text}`, LOWER, 14)}`;
}

/** Atlassian accounts made since 2021 carry this prefix. */
export function atlassianAccountId(text: string): string {
  return `712020:${guid(`atlassian:${text}`)}`;
}

export function portalAccountId(text: string): string {
  return `qm:${guid('portal-site')}:${guid(`portal:${text}`)}`;
}
