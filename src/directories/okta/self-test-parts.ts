/** What every line of the checklist needs. */
import type { Client } from '@okta/okta-sdk-nodejs';
import type { Clock, Http } from '../../forge/ports';
import type { ConnectionAddress, Directory } from '../directory';
import type { Door } from '../door';
import type { OktaCredential } from './token';

export interface Through {
  readonly sdk: Client;
  readonly door: Door;
}
export interface TestParts {
  readonly main: Through;
  readonly forApps: Through;
  readonly logs: Through;
  readonly address: ConnectionAddress;
  readonly credential: OktaCredential;
  readonly directory: Directory;
}
export interface TestDeps {
  readonly http: Http;
  readonly clock: Clock;
}

export const APP = 'In the Okta Admin Console, under Applications, open the application';
export const grant = (scope: string) => `${APP} and grant ${scope} under Okta API Scopes.`;
