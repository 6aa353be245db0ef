/** Two of Google's APIs, by their sub-paths: the root of the package loads every Google API there is. */
import { admin, type admin_directory_v1 } from 'googleapis/build/src/apis/admin';
import { cloudidentity, type cloudidentity_v1 } from 'googleapis/build/src/apis/cloudidentity';
import type { Door } from '../door';

export type DirectoryApi = admin_directory_v1.Admin;
export type CloudIdentityApi = cloudidentity_v1.Cloudidentity;

export const directoryApi = (door: Door): DirectoryApi =>
  admin({ version: 'directory_v1', ...throughTheDoor(door) });

export const cloudIdentityApi = (door: Door): CloudIdentityApi =>
  cloudidentity({ version: 'v1', ...throughTheDoor(door) });

function throughTheDoor(door: Door) {
  const fetchImplementation = async (url: unknown, init: RequestInit = {}): Promise<Response> =>
    door.send(String(url), {
      method: (init.method ?? 'GET').toUpperCase(),
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof init.body === 'string' && { body: init.body }),
    });
  // The library's own retries cover GET, PUT and DELETE, but not the reasons that matter.
  return { retry: false, fetchImplementation: fetchImplementation as typeof fetch };
}
