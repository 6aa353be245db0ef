/** Applications and the groups assigned to them, with a token of their own. */
import type { Client } from '@okta/okta-sdk-nodejs';
import { type Failure, no, ok, type Result } from '../../shared/result';
import type { DirectoryApp, GroupId, Page } from '../directory';
import type { Door } from '../door';
import { lacking } from './failures';
import { readPage } from './pages';
import { apps, assignments } from './schemas';

export const READ_APPS = 'okta.apps.read';
const PAGE = 200;

type Told<T> = Promise<Result<T, Failure>>;

export class OktaApps {
  readonly #sdk: Client;
  readonly #door: Door;
  constructor(sdk: Client, door: Door) {
    this.#sdk = sdk;
    this.#door = door;
  }

  async list(cursor?: string): Told<Page<DirectoryApp>> {
    const list = this.#sdk.applicationApi.listApplications({ limit: PAGE });
    const read = await readPage(this.#door, { list, cursor }, apps);
    if (!read.ok) return no(lacking(read.error.failure, READ_APPS));
    const { value, ...more } = read.value;
    const items = value.map(({ id, label, name, status }) => ({
      id,
      name: label || name || id,
      active: status === 'ACTIVE',
    }));
    return ok({ ...more, items });
  }

  /** The assignment has the id of its group, and no name. */
  async groupsOf(app: string, cursor?: string): Told<Page<GroupId>> {
    const list = this.#sdk.applicationApi.listApplicationGroupAssignments({
      appId: app,
      limit: PAGE,
    });
    const read = await readPage(this.#door, { list, cursor }, assignments);
    if (!read.ok) return no(lacking(read.error.failure, READ_APPS));
    const { value, ...more } = read.value;
    return ok({ ...more, items: value.map(({ id }) => id) });
  }
}
