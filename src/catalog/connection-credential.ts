/**
 * The credential of a connection, from what an administrator entered: typed in, a key file, or a key
 * pair that the app made beforehand. The private half of a made one waits in secret storage and never
 * leaves it.
 */
import * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import { certificateEnd, credentialSchema, tokenPlaces } from '../directories/credential';
import type {
  Credential,
  Credentials,
  Directory,
  DirectoryKind,
  KeyMaking,
} from '../directories/directory';
import type { Secrets } from '../forge/ports';
import type { Deps } from '../requests/deps';
import { hashOf } from '../shared/canonical';
import { epochMs, type Instant, instant, parseInstant } from '../shared/instant';
import { done, no, save } from './changes';
import type { Connection } from './model/catalog';

export interface ConnectDeps extends Deps {
  readonly secrets: Secrets;
  /** With a credential that is not stored yet. */
  readonly tryDirectory: (connection: Connection, credentials: Credentials) => Promise<Directory>;
  readonly makeKeys: KeyMaking;
}

const made = z.strictObject({
  keyId: z.string(),
  privateKeyPem: z.string(),
  certificatePem: z.optional(z.string()),
});

const madeKey = z.strictObject({
  kind: z.literal('made-key'),
  clientId: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)),
  keyId: z.string(),
});

/** The file that Google's console hands out; only what is used of it. */
const keyFile = z.strictObject({
  kind: z.literal('google-key-file'),
  file: z.string().check(z.maxLength(20_000)),
  subject: z.optional(z.email()),
});
const keyFileContent = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string(),
});

export interface MadeKey {
  readonly keyId: string;
  /** Okta: paste it under the application's public keys. */
  readonly publicJwk?: Readonly<Record<string, string>>;
  /** Entra: upload it under Certificates & secrets. */
  readonly certificatePem?: string;
  readonly endsAt?: Instant;
}

const waitingPlace = (id: string) => `connection:${id}:made`;

/** Makes a new pair, in place of one that was made and never used. */
export async function makeKey(
  deps: ConnectDeps,
  { id, kind }: { readonly id: string; readonly kind: 'okta' | 'entra' },
  by: string,
): Promise<Answer<MadeKey>> {
  const nowMs = epochMs(deps.now());
  if (kind === 'okta') {
    const { keyId, privateKeyPem, publicJwk } = await deps.makeKeys.keyPair();
    await deps.secrets.set(waitingPlace(id), { keyId, privateKeyPem });
    const shown = { keyId, publicJwk };
    return save(
      deps,
      { what: `connection-key:${id}`, by, before: undefined, after: { keyId } },
      [],
      shown,
    );
  }
  const {
    thumbprint: keyId,
    privateKeyPem,
    certificatePem,
    endsAtMs,
  } = await deps.makeKeys.certificate(nowMs);
  await deps.secrets.set(waitingPlace(id), { keyId, privateKeyPem, certificatePem });
  const shown = { keyId, certificatePem, endsAt: instant(endsAtMs) };
  return save(
    deps,
    { what: `connection-key:${id}`, by, before: undefined, after: { keyId } },
    [],
    shown,
  );
}

/** First twelve characters of the SHA-256: tells two credentials apart and gives nothing away. */
export const shortHash = (credential: Credential): string => hashOf(credential).slice(0, 12);

/**
 * The credentials that the record names, and no others: a save that stopped half way leaves the new ones
 * waiting beside the old ones. `undefined`: none is stored that the record means.
 */
export async function storedCredentials(
  secrets: Pick<Secrets, 'get'>,
  { id, credentialFingerprint, lifecycle }: Connection,
): Promise<Credentials | undefined> {
  const place = `connection:${id}`;
  const membership = await namedBy(secrets, place, credentialFingerprint);
  if (!membership) return undefined;
  const second = lifecycle && (await namedBy(secrets, `${place}:lifecycle`, lifecycle.fingerprint));
  return { membership, ...(second && { lifecycle: second }) };
}

async function namedBy(
  secrets: Pick<Secrets, 'get'>,
  place: string,
  fingerprint: string,
): Promise<Credential | undefined> {
  for (const at of [place, `${place}:next`]) {
    const stored = credentialSchema.safeParse(await secrets.get(at)).data;
    // Nothing is known of it where the record itself could not be read, and access still has to end.
    if (stored && (fingerprint === '' || shortHash(stored) === fingerprint)) return stored;
  }
  return undefined;
}

/** Every secret of a connection, with the access tokens that its credentials got. */
export async function forget(
  secrets: Secrets,
  id: string,
  kind: DirectoryKind | undefined,
): Promise<void> {
  for (const part of ['', ':next', ':lifecycle', ':lifecycle:next', ':made']) {
    await secrets.remove(`connection:${id}${part}`);
  }
  for (const place of kind ? tokenPlaces(kind, id) : []) await secrets.remove(place);
}

export const dropMadeKey = (secrets: Secrets, id: string): Promise<void> =>
  secrets.remove(waitingPlace(id));

/** The credential in the form in which it is stored, or a "no" that never quotes what was entered. */
export async function credentialFrom(
  secrets: Secrets,
  connection: { readonly id: string; readonly kind: DirectoryKind },
  given: Readonly<Record<string, unknown>>,
): Promise<Answer<Credential>> {
  const entered = await enteredIn(secrets, connection, given);
  if (!entered.ok) return entered;
  const credential = credentialSchema.safeParse(entered.value);
  if (!credential.success) {
    const problems = credential.error.issues.map(
      (i) => `${i.path.join('.') || 'kind'} ${i.message}`,
    );
    return no(
      'credential-form',
      `The credential is not complete: ${problems.join('; ')}.`,
      'Correct it; nothing was saved.',
    );
  }
  if (!credential.data.kind.startsWith(connection.kind)) {
    return no(
      'credential-kind',
      'The credential is one for another kind of directory.',
      'Choose the credential of this directory.',
    );
  }
  return done(credential.data);
}

async function enteredIn(
  secrets: Secrets,
  { id, kind }: { readonly id: string; readonly kind: DirectoryKind },
  given: Readonly<Record<string, unknown>>,
): Promise<Answer<unknown>> {
  if (given['kind'] === 'google-key-file') return fromKeyFile(given);
  if (given['kind'] !== 'made-key') return done(given);
  const asked = madeKey.safeParse(given);
  const waiting = made.safeParse(await secrets.get(waitingPlace(id)));
  if (!asked.success || !waiting.success || waiting.data.keyId !== asked.data.keyId) {
    return no(
      'made-key',
      'The key pair that was made for this connection is not there any more, or another one was made since.',
      'Make a new key pair and enter its public part in the directory.',
    );
  }
  const { clientId } = asked.data;
  const { keyId, privateKeyPem, certificatePem } = waiting.data;
  if (kind === 'okta') return done({ kind: 'okta-key', clientId, privateKeyPem, keyId });
  return done({ kind: 'entra-certificate', clientId, privateKeyPem, certificatePem });
}

function fromKeyFile(given: Readonly<Record<string, unknown>>): Answer<unknown> {
  const notAFile = no(
    'key-file',
    'This is not the key file of a Google service account.',
    'Paste the whole JSON file that Google Cloud hands out under Keys > Add key > JSON.',
  );
  const asked = keyFile.safeParse(given);
  if (!asked.success) return notAFile;
  let parsed: unknown;
  try {
    parsed = JSON.parse(asked.data.file);
  } catch {
    return notAFile;
  }
  const content = keyFileContent.safeParse(parsed);
  if (!content.success) return notAFile;
  const {
    client_email: clientEmail,
    private_key: privateKeyPem,
    private_key_id: keyId,
  } = content.data;
  const { subject } = asked.data;
  const account = { kind: 'google-service-account', clientEmail, privateKeyPem, keyId };
  return done({ ...account, ...(subject !== undefined && { subject }) });
}

/** When the directory will stop taking it: said by the certificate, or by whoever entered a secret. */
export function endOf(credential: Credential, said: string | undefined): Instant | undefined {
  if (credential.kind === 'entra-certificate') return certificateEnd(credential.certificatePem);
  return said === undefined ? undefined : parseInstant(said);
}
