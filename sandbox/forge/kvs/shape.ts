import type { Stored } from './store';

/** A record as the API returns it; metadata only when asked for. */
export function shownAs(key: string, stored: Stored, fields: readonly string[] = []) {
  const { value, createdAt, updatedAt, expiresAt } = stored;
  return {
    key,
    value,
    ...(fields.includes('CREATED_AT') && { createdAt }),
    ...(fields.includes('UPDATED_AT') && { updatedAt }),
    ...(fields.includes('EXPIRE_TIME') &&
      expiresAt !== undefined && { expireTime: new Date(expiresAt).toISOString() }),
  };
}
