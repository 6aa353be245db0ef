/** What Cloud Identity knows of a group and the Directory API does not say. */
import { no, ok } from '../../shared/result';
import type { GroupDescription } from '../directory';
import type { Door } from '../door';
import type { CloudIdentityApi } from './client';
import type { Inspect } from './groups';
import { cloudGroup } from './schemas';

const DYNAMIC = 'cloudidentity.googleapis.com/groups.dynamic';
const LOCKED = 'cloudidentity.googleapis.com/groups.locked';

export function inspectThrough(api: CloudIdentityApi, door: Door): Inspect {
  return async (seen) => {
    const read = await door.run(
      async () => (await api.groups.get({ name: `groups/${seen.id}` })).data,
      cloudGroup,
    );
    const unseen = [
      'Google does not say which groups carry administrator roles; check the role by hand.',
    ];
    if (!read.ok) {
      const { failure } = read.error;
      if (failure.class === 'retryable') return no(failure);
      unseen.push(`Whether a query fills the group could not be read: ${failure.detail}`);
      return ok({ ...seen, unseen });
    }
    const { labels, dynamicGroupMetadata } = read.value.value;
    const dynamic = labels?.[DYNAMIC] !== undefined || dynamicGroupMetadata !== undefined;
    return ok({ ...seen, writable: writable(dynamic, labels?.[LOCKED] !== undefined), unseen });
  };
}

function writable(dynamic: boolean, locked: boolean): GroupDescription['writable'] {
  if (dynamic)
    return { no: 'dynamic', sentence: 'A query of Google decides who is in this group.' };
  if (locked) {
    return { no: 'synced', sentence: 'The group is locked: another system decides who is in it.' };
  }
  return true;
}
