/** How a connection proves itself, as it comes in from an administrator and as it is stored. */
import { X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';
import '../shared/english';
import { type Instant, instant } from '../shared/instant';
import type { ConnectionAddress, Credential, DirectoryKind } from './directory';

const pem = z
  .string()
  .check(z.maxLength(20_000), z.regex(/-----BEGIN [A-Z ]+-----/, 'is not in PEM form'));
const text = z.string().check(z.trim(), z.minLength(1), z.maxLength(2000));

export const credentialSchema: z.ZodMiniType<Credential> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('okta-key'), clientId: text, privateKeyPem: pem, keyId: text }),
  z.strictObject({ kind: z.literal('okta-token'), token: text }),
  z.strictObject({ kind: z.literal('entra-secret'), clientId: text, clientSecret: text }),
  z.strictObject({
    kind: z.literal('entra-certificate'),
    clientId: text,
    privateKeyPem: pem,
    certificatePem: pem,
  }),
  z.strictObject({
    kind: z.literal('google-service-account'),
    clientEmail: text,
    privateKeyPem: pem,
    keyId: text,
    subject: z.optional(z.email()),
  }),
]) as z.ZodMiniType<Credential>;

/** What a connection has access tokens of their own for, beside that of the grant path. */
const TOKEN_PURPOSES = {
  okta: ['apps', 'logs', 'sessions'],
  entra: ['lifecycle'],
  google: [
    'admin.directory.rolemanagement.readonly',
    'cloud-identity.groups.readonly',
    'admin.reports.audit.readonly',
    'cloud-identity.groups',
    'admin.directory.user.security',
  ],
} as const;
export type TokenPurpose<K extends DirectoryKind> = (typeof TOKEN_PURPOSES)[K][number];

/** Where secret storage may hold access tokens of a connection, with the keys they are bound to. */
export const tokenPlaces = (kind: DirectoryKind, id: string): string[] => [
  `token:${id}`,
  ...TOKEN_PURPOSES[kind].map((purpose) => `token:${id}:${purpose}`),
];

/** The only hosts that a connection's credential may be sent to. */
export function hostsOf({ kind, tenant }: Pick<ConnectionAddress, 'kind' | 'tenant'>): string[] {
  switch (kind) {
    case 'okta':
      return [tenant];
    case 'entra':
      return ['login.microsoftonline.com', 'graph.microsoft.com'];
    case 'google':
      return ['oauth2.googleapis.com', 'admin.googleapis.com', 'cloudidentity.googleapis.com'];
  }
}

const OKTA_HOST = /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CUSTOMER = /^(my_customer|C[0-9a-z]{4,20})$/;

/** What is wrong with a tenant as typed, or nothing. Never an address that could lead elsewhere. */
export function tenantProblem({
  kind,
  tenant,
}: Pick<ConnectionAddress, 'kind' | 'tenant'>): string | undefined {
  if (kind === 'okta') {
    return OKTA_HOST.test(tenant) && !/^\d+(\.\d+){3}$/.test(tenant)
      ? undefined
      : 'Enter only the host of your Okta organization, as acme.okta.com: lower case, no https://, no path, no port.';
  }
  if (kind === 'entra')
    return GUID.test(tenant)
      ? undefined
      : 'Enter the tenant id, as it stands in Entra under Overview.';
  return CUSTOMER.test(tenant)
    ? undefined
    : 'Enter the customer id (it starts with C) or my_customer.';
}

/** Of Okta's base profile: what people may change themselves or what means something else already. */
const OKTA_BASE =
  /^(login|email|secondEmail|firstName|lastName|middleName|honorific(Prefix|Suffix)|title|displayName|nickName|profileUrl|primaryPhone|mobilePhone|streetAddress|city|state|zipCode|countryCode|postalAddress|preferredLanguage|locale|timezone|userType|employeeNumber|costCenter|organization|division|department|managerId|manager)$/i;

/** Why an attribute may not say which Atlassian account somebody has: it outranks the e-mail address. */
export function attributeProblem(kind: DirectoryKind, attribute: string): string | undefined {
  return kind === 'okta' && OKTA_BASE.test(attribute)
    ? `${attribute} is an attribute of Okta's base profile, which people may be allowed to change themselves; whoever writes somebody else's account id into it gets their access.`
    : undefined;
}

/** Until when a certificate is good; nothing when it cannot be read, which its use will show. */
export function certificateEnd(pem: string): Instant | undefined {
  try {
    return instant(Date.parse(new X509Certificate(pem).validTo));
  } catch {
    return undefined;
  }
}
