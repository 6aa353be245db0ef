/** What every line of the checklist may use. */
import type { Clock, Http } from '../../forge/ports';
import type { ConnectionAddress, Directory, TestMembership } from '../directory';
import type { CloudIdentityApi, DirectoryApi, ReportsApi, Through } from './client';
import type { GooglePeople } from './people';
import type { GoogleCredential } from './token';

export interface TestParts {
  readonly google: Through<DirectoryApi>;
  readonly roles: Through<DirectoryApi>;
  readonly kinds: Through<CloudIdentityApi>;
  readonly reports: Through<ReportsApi>;
  readonly people: GooglePeople;
  readonly address: ConnectionAddress;
  readonly credential: GoogleCredential;
  readonly directory: Directory;
  readonly test: TestMembership | undefined;
}
export interface TestDeps {
  readonly http: Http;
  readonly clock: Clock;
}
