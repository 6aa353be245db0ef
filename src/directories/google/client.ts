/** Three of Google's APIs, by their sub-paths: the root of the package loads every Google API there is. */
import {
  admin,
  type admin_directory_v1,
  type admin_reports_v1,
} from 'googleapis/build/src/apis/admin';
import { cloudidentity, type cloudidentity_v1 } from 'googleapis/build/src/apis/cloudidentity';
import type { Door } from '../door';

export type DirectoryApi = admin_directory_v1.Admin;
export type ReportsApi = admin_reports_v1.Admin;
export type CloudIdentityApi = cloudidentity_v1.Cloudidentity;

/** An API together with the door that its calls go through. */
export interface Through<Api> {
  readonly api: Api;
  readonly door: Door;
}

export const directoryApi = (door: Door): Through<DirectoryApi> => ({
  api: admin({ version: 'directory_v1', ...throughTheDoor(door) }),
  door,
});

export const reportsApi = (door: Door): Through<ReportsApi> => ({
  api: admin({ version: 'reports_v1', ...throughTheDoor(door) }),
  door,
});

export const cloudIdentityApi = (door: Door): Through<CloudIdentityApi> => ({
  api: cloudidentity({ version: 'v1', ...throughTheDoor(door) }),
  door,
});

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
