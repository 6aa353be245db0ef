/**
 * Key pairs that a connection proves itself with, made here so that the private half never passes
 * through a clipboard. Loaded only when an administrator makes one.
 */
import { createHash, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { AsnConvert } from '@peculiar/asn1-schema';
import * as asn1 from '@peculiar/asn1-x509';
import type { CertificatePair, KeyPair } from './directory';

const RSA_BITS = 2048;
const DAY_MS = 86_400_000;
/** Entra takes certificates of any length; a year is what its own pages advise as the longest. */
const CERTIFICATE_DAYS = 365;
/** A directory's clock may be behind ours. */
const BACKDATED_MS = 3_600_000;

export async function makeKeyPair(): Promise<KeyPair> {
  const { publicKey, privateKey } = await rsa();
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  // The thumbprint of RFC 7638: the same key never gets two names.
  const keyId = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  return {
    keyId,
    privateKeyPem: pemOf(privateKey),
    publicJwk: { kty: 'RSA', use: 'sig', alg: 'RS256', kid: keyId, e, n },
  };
}

/** Self-signed: Entra looks at nothing but the key and the dates. */
export async function makeCertificate(nowMs: number): Promise<CertificatePair> {
  const { publicKey, privateKey } = await rsa();
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  // SHA-256 with RSA.
  const algorithm = new asn1.AlgorithmIdentifier({
    algorithm: '1.2.840.113549.1.1.11',
    parameters: null,
  });
  const name = new asn1.Name([
    new asn1.RelativeDistinguishedName([
      new asn1.AttributeTypeAndValue({
        type: '2.5.4.3',
        value: new asn1.AttributeValue({ utf8String: 'Latchkey' }),
      }),
    ]),
  ]);
  const serial = randomBytes(16);
  // Positive and without a leading zero, as DER wants an integer.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const endsAtMs = nowMs + CERTIFICATE_DAYS * DAY_MS;
  const tbsCertificate = new asn1.TBSCertificate({
    version: asn1.Version.v3,
    serialNumber: new Uint8Array(serial).buffer,
    signature: algorithm,
    issuer: name,
    subject: name,
    validity: new asn1.Validity({
      notBefore: new Date(nowMs - BACKDATED_MS),
      notAfter: new Date(endsAtMs),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(spki, asn1.SubjectPublicKeyInfo),
  });
  const signed = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), privateKey);
  const certificate = new asn1.Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: new Uint8Array(signed).buffer,
  });
  const der = Buffer.from(AsnConvert.serialize(certificate));
  return {
    thumbprint: createHash('sha256').update(der).digest('hex'),
    privateKeyPem: pemOf(privateKey),
    certificatePem: `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    endsAtMs,
  };
}

const rsa = (): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> =>
  promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();
