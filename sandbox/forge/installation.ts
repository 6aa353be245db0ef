/** One app installed on one site, with what its admin consented to at that time. */
import type { Permissions } from './manifest';

/** `none`: the platform says nothing about a licence, as outside paid production. */
export type LicenceState = 'active' | 'inactive' | 'none';

export interface Installation {
  readonly id: string;
  readonly site: string;
  readonly cloudId: string;
  /** A UUID. */
  readonly appId: string;
  /** The app's own account on the site. */
  readonly accountId: string;
  readonly version: number;
  /** From the manifest as it was at install or upgrade, not as it is now. */
  readonly permissions: Permissions;
  /** Addresses the customer's admin allowed besides. */
  readonly customerEgress: readonly string[];
  readonly licence: LicenceState;
}

export const contextAri = ({ cloudId }: Installation) => `ari:cloud:jira::site/${cloudId}`;
export const appVersion = ({ version }: Installation) => `${version}.0.0`;

/** Both spellings occur: `active` in resolver contexts, `isActive` in function arguments. */
export function licenceOf({ licence }: Installation): Record<string, unknown> | undefined {
  if (licence === 'none') return undefined;
  const active = licence === 'active';
  return { active, isActive: active, type: 'commercial', isEvaluation: false };
}

export const egressOf = ({ permissions, customerEgress }: Installation) => [
  ...permissions.egress,
  ...customerEgress,
];
