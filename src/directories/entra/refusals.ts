/** Why Entra issues no token, by its AADSTS numbers, and what to do in the Entra admin center. */
import type { Failure } from '../../shared/result';

interface Known {
  readonly detail: string;
  readonly mend: string;
}

const SECRETS = 'App registrations > the app > Certificates & secrets';

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const KNOWN: Readonly<Record<string, Known>> = {
  7000215: {
    detail: 'The client secret of the app registration in Entra ID is wrong.',
    mend: `Copy the value of a client secret, not its id, from ${SECRETS}, and enter it here.`,
  },
  7000222: {
    detail: 'The client secret of the app registration in Entra ID has expired.',
    mend: `Make a new client secret under ${SECRETS} and enter it here, or use a certificate.`,
  },
  700016: {
    detail: 'The tenant of Entra ID has no app registration with this client id.',
    mend: 'Compare the Application (client) ID and the Directory (tenant) ID with App registrations > the app > Overview.',
  },
  7000229: {
    detail: 'The app registration is not set up in the tenant of Entra ID.',
    mend: 'Grant admin consent under App registrations > the app > API permissions.',
  },
  7000112: {
    detail: 'The application is disabled in Entra ID.',
    mend: 'Switch it on under Enterprise applications > the app > Properties.',
  },
  90002: {
    detail: 'Entra ID knows no tenant with this id.',
    mend: 'Compare the Directory (tenant) ID with Entra ID > Overview.',
  },
  700027: {
    detail: 'Entra ID does not accept the certificate of this connection.',
    mend: `Upload the certificate shown here under ${SECRETS} > Certificates, and wait some minutes.`,
  },
  700024: {
    detail: 'Entra ID says that the signed request came at a wrong time.',
    mend: 'One of the two clocks is off; see the line about the clock.',
  },
};

const USUAL = `Check the tenant id, the client id and the secret or certificate under ${SECRETS}.`;

/** The number is a code of Entra's, although it comes inside of a text. */
const knownFor = ({ said }: Failure): Known | undefined =>
  KNOWN[/\bAADSTS(\d{5,8})\b/.exec(said ?? '')?.[1] ?? ''];

export function explained(refused: Failure): Failure {
  const known = refused.code === 'credential-refused' ? knownFor(refused) : undefined;
  return known ? { ...refused, detail: known.detail } : refused;
}

export const mendOf = (refused: Failure): string => knownFor(refused)?.mend ?? USUAL;
