/**
 * What may stand in a log: ids, codes and counts. Forge's logs can be read by the app's makers, so
 * nothing that names a person or opens a door gets there, however deep it is buried.
 */
const SECRET_NAME =
  /token|secret|password|passphrase|authorization|cookie|assertion|signature|private_?key|pem$|^jwk|e-?mail|login$|(?:^|[a-z_])name$|^(?:given|family|nick)name$/i;

const SECRET_SHAPES: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '[key]'],
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, '[jwt]'],
  [/\b(?:Bearer|Basic|SSWS)\s+[\w.~+/=-]{6,}/gi, '[credential]'],
  [/[^\s@"'<>(),:;=/]+@[^\s@"'<>(),:;=/]+\.[^\s@"'<>(),:;=/.]{2,}/g, '[e-mail]'],
];

const LONGEST_TEXT = 2000;
const DEEPEST = 6;
const MOST_MEMBERS = 50;

export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') {
    return typeof value === 'function' || typeof value === 'symbol' ? '[not data]' : value;
  }
  if (depth >= DEEPEST) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) {
    return value.slice(0, MOST_MEMBERS).map((member) => redact(member, depth + 1));
  }
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_MEMBERS)
      .map(([name, member]) => [
        name,
        SECRET_NAME.test(name) ? '[dropped]' : redact(member, depth + 1),
      ]),
  );
}

export function redactText(text: string): string {
  let clean = text.slice(0, LONGEST_TEXT);
  for (const [shape, word] of SECRET_SHAPES) clean = clean.replace(shape, word);
  return text.length > LONGEST_TEXT ? `${clean}…` : clean;
}

/** Own properties of an error are left out on purpose: clients hang whole requests there. */
function redactError(error: Error, depth: number): unknown {
  const code = 'code' in error ? error.code : undefined;
  const status = 'status' in error ? error.status : undefined;
  return {
    kind: error.name,
    message: redactText(error.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    ...(error.stack && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && { cause: redact(error.cause, depth + 1) }),
  };
}
