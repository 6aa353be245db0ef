/** A certificate authority of our own and one certificate for every host the sandbox plays. */
import './reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import type { Tls } from './kit/serve';

export interface Certificates {
  /** PEM file for `NODE_EXTRA_CA_CERTS`. */
  readonly caFile: string;
  readonly tls: Tls;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Longer than any jump of the sandbox's clock; certificates are checked against the real one. */
const NOT_BEFORE = new Date('2020-01-01T00:00:00Z');
const NOT_AFTER = new Date('2120-01-01T00:00:00Z');

/**
 * Made once per list of hosts and kept in a folder of its own under `dir`, which appears whole or
 * not at all: several sandboxes may start at the same moment.
 */
export async function certificatesFor(
  hosts: readonly string[],
  dir: string,
): Promise<Certificates> {
  const wanted = [...hosts].sort();
  const folder = path.join(
    dir,
    createHash('sha256').update(wanted.join()).digest('hex').slice(0, 16),
  );
  const kept = read(folder);
  if (kept) return kept;
  const { ca, tls } = await issue(wanted);
  mkdirSync(dir, { recursive: true });
  const draft = mkdtempSync(path.join(dir, 'new-'));
  writeFileSync(path.join(draft, CA), ca);
  writeFileSync(path.join(draft, LEAF), JSON.stringify(tls));
  try {
    renameSync(draft, folder);
  } catch (cause) {
    rmSync(draft, { recursive: true });
    if (!existsSync(folder)) throw cause;
  }
  const made = read(folder);
  if (!made) throw new Error(`no certificates in ${folder}`);
  return made;
}

const CA = 'ca.pem';
const LEAF = 'servers.json';

function read(folder: string): Certificates | undefined {
  const caFile = path.resolve(folder, CA);
  if (!existsSync(caFile)) return undefined;
  return { caFile, tls: JSON.parse(readFileSync(path.join(folder, LEAF), 'utf8')) as Tls };
}

async function issue(hosts: readonly string[]): Promise<{ ca: string; tls: Tls }> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const pair = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const [caKeys, leafKeys] = await Promise.all([pair(), pair()]);
  const validity = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER, signingAlgorithm: ALGORITHM };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: '01',
    name: 'CN=Latchkey sandbox',
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: '02',
    subject: 'CN=sandbox servers',
    issuer: ca.subject,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((host) => ({ type: 'dns' as const, value: host })),
      ),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey);
  const key = x509.PemConverter.encode(pkcs8, 'PRIVATE KEY');
  return { ca: ca.toString('pem'), tls: { key, cert: leaf.toString('pem') } };
}
