/** A self-signed certificate for the app registration, written as DER with Node alone. */
import { createHash, createPublicKey, sign } from 'node:crypto';
import type { KeyPair } from '../keys';

export interface Thumbprints {
  /** As `x5t`: SHA-1. */
  readonly sha1: string;
  /** As `x5t#S256`. */
  readonly sha256: string;
}

const SHA256_WITH_RSA = sequence(oid([1, 2, 840, 113549, 1, 1, 11]), Buffer.from([0x05, 0x00]));

export function makeCertificate(pair: KeyPair, commonName: string): string {
  const spki = createPublicKey(pair.publicKeyPem).export({ type: 'spki', format: 'der' });
  const name = sequence(tagged(0x31, sequence(oid([2, 5, 4, 3]), text(commonName))));
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(1),
    SHA256_WITH_RSA,
    name,
    sequence(time('20240101000000Z'), time('21240101000000Z')),
    name,
    spki,
  );
  const signature = sign('sha256', body, pair.privateKeyPem);
  const bits = tagged(0x03, Buffer.concat([Buffer.from([0]), signature]));
  return pem(sequence(body, SHA256_WITH_RSA, bits));
}

export function thumbprints(certificatePem: string): Thumbprints {
  const der = Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const hash = (name: string) => createHash(name).update(der).digest('base64url');
  return { sha1: hash('sha1'), sha256: hash('sha256') };
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const integer = (value: number) => tagged(0x02, Buffer.from([value]));
const text = (value: string) => tagged(0x0c, Buffer.from(value));
const time = (value: string) => tagged(0x18, Buffer.from(value));

function oid([first = 0, second = 0, ...rest]: number[]): Buffer {
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}
