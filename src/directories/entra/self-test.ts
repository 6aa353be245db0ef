/** The checklist of a connection, line by line as an administrator finds it in the Entra admin center. */
import type { Client } from '@microsoft/microsoft-graph-client';
import type { Clock, Http } from '../../forge/ports';
import { epochMs } from '../../shared/instant';
import type { Result } from '../../shared/result';
import type { CheckLine, ConnectionAddress, Directory, TestMembership } from '../directory';
import type { Done, Door, Refused } from '../door';
import { changeLine, failedLine, type Naming, powerLine, readLine, tokenLines } from '../self-test';
import { SCHEDULE } from './expiry';
import { usedShare } from './failures';
import { CHANGE_MEMBERS } from './groups';
import { permissionsIn, tooMuch } from './permissions';
import { mendOf } from './refusals';
import { idsPage } from './schemas';
import { END_SESSIONS } from './sessions';
import { type EntraCredential, entraToken } from './token';

interface Parts {
  readonly sdk: Client;
  readonly door: Door;
  readonly address: ConnectionAddress;
  readonly membership: EntraCredential;
  readonly lifecycle: EntraCredential | undefined;
  readonly directory: Pick<
    Directory,
    'inspectGroup' | 'isMember' | 'ensureMember' | 'ensureNotMember'
  >;
}
type Deps = { readonly http: Http; readonly clock: Clock };
type Read = Result<Done<unknown>, Refused>;
type Granted = ReadonlySet<string> | undefined;

const consent = (permission: string) =>
  `Add the application permission ${permission} under App registrations > the app > API permissions, and grant admin consent.`;
const take = (what: string) =>
  `Remove ${what} under App registrations > the app > API permissions; User.Read.All and ${CHANGE_MEMBERS} are enough.`;

export async function selfTest(
  parts: Parts,
  deps: Deps,
  test: TestMembership | undefined,
): Promise<CheckLine[]> {
  const { sdk, door, address, membership } = parts;
  const lines = await signIn('Access token (Certificates & secrets)', parts, membership, deps);
  if (!lines.passed) return lines.told;
  const { granted } = lines;
  const one = (path: string, ...select: string[]) =>
    door.run(() => sdk.api(path).select(select).top(1).get(), idsPage);
  const people = await one('/users', 'id');
  const groups = await one('/groups', 'id');
  return [
    ...lines.told,
    readLine({ id: 'read-people', name: 'Read people (User.Read.All)' }, people, {
      found: 'People can be read.',
      mend: consent('User.Read.All'),
    }),
    readLine({ id: 'read-groups', name: `Read groups (${CHANGE_MEMBERS})` }, groups, {
      found: 'Groups can be read.',
      mend: consent(CHANGE_MEMBERS),
    }),
    changePermission(granted),
    await changeLine(parts.directory, test, consent(CHANGE_MEMBERS)),
    optional(
      { id: 'read-apps', name: 'Read applications (Application.Read.All)' },
      await one('/servicePrincipals', 'id'),
      'Applications come into the catalog by themselves',
      consent('Application.Read.All'),
    ),
    optional(
      { id: 'read-activity', name: 'Read sign-ins (AuditLog.Read.All, licence Entra ID P1)' },
      await one('/users', 'id', 'signInActivity'),
      'Reviewers see when somebody last signed in',
      consent('AuditLog.Read.All'),
    ),
    ending(address, granted),
    headroomLine(groups),
    ...(await second(parts, deps)),
    power('power', 'Permissions', granted, 'membership'),
  ];
}

async function signIn(
  name: string,
  { address }: Pick<Parts, 'address'>,
  credential: EntraCredential,
  deps: Deps,
): Promise<{ passed: boolean; told: CheckLine[]; granted: Granted }> {
  const answer = await entraToken(address, credential, deps);
  const { result } = answer;
  const mend = result.ok ? '' : mendOf(result.error);
  const told = tokenLines(name, answer, epochMs(deps.clock.now()), mend);
  return {
    passed: result.ok,
    told,
    granted: result.ok ? permissionsIn(result.value.token) : undefined,
  };
}

function changePermission(granted: Granted): CheckLine {
  const naming = { id: 'change-members', name: `Change members (${CHANGE_MEMBERS})` };
  if (!granted) {
    const sentence =
      'The access token does not tell its permissions; only a change on the test group can.';
    return { ...naming, state: 'not-tested', sentence };
  }
  const may = [CHANGE_MEMBERS, 'Group.ReadWrite.All', 'Directory.ReadWrite.All'];
  if (may.some((one) => granted.has(one))) {
    return { ...naming, state: 'passed', sentence: 'The permission is granted.' };
  }
  const sentence = 'The permission is not granted, so nobody can be added or removed.';
  return { ...naming, state: 'failed', sentence, mend: consent(CHANGE_MEMBERS) };
}

/** Something that the product does more with, and goes without. */
function optional(naming: Naming, read: Read, gives: string, mend: string): CheckLine {
  if (read.ok) return readLine(naming, read, { found: `${gives}.`, mend });
  const line = failedLine(naming, read.error.failure, mend);
  const { code } = read.error.failure;
  if (code !== 'scope-missing' && code !== 'forbidden') return line;
  const licence = code === 'forbidden' ? 'the licence' : 'this permission';
  return { ...line, state: 'warning', sentence: `${gives} only with ${licence}.` };
}

function ending({ nativeExpiry }: ConnectionAddress, granted: Granted): CheckLine {
  const naming = { id: 'native-expiry', name: `Privileged Identity Management (${SCHEDULE})` };
  if (nativeExpiry !== true) {
    const sentence =
      'Switched off. With it Entra ID itself ends access that the app could not end, with the licence Entra ID P2.';
    return { ...naming, state: 'not-tested', sentence };
  }
  if (granted && !granted.has(SCHEDULE)) {
    const sentence = 'It is switched on, and the permission is not granted.';
    return { ...naming, state: 'failed', sentence, mend: consent(SCHEDULE) };
  }
  const sentence = granted
    ? 'The permission is granted. Whether the tenant has the licence shows with the first membership.'
    : 'The access token does not tell its permissions; the first membership will.';
  return { ...naming, state: granted ? 'passed' : 'not-tested', sentence };
}

function headroomLine(read: Read): CheckLine {
  const naming = { id: 'headroom', name: 'Rate limit' };
  const headers = (read.ok ? read.value.answer : read.error.answer)?.headers;
  const share = headers && usedShare(headers);
  if (share === undefined) {
    const sentence = 'Less than 80 % of the limit is used; Entra ID says more only above that.';
    return { ...naming, state: headers ? 'passed' : 'not-tested', sentence };
  }
  const sentence = `${Math.round(share * 100)} % of what Entra ID allows this app in ten seconds is used.`;
  const mend =
    'Run large readings at another time, or find out what else uses this app registration.';
  return { ...naming, state: 'warning', sentence, mend };
}

async function second(parts: Parts, deps: Deps): Promise<CheckLine[]> {
  const naming = { id: 'lifecycle', name: `Second app registration (${END_SESSIONS})` };
  const { lifecycle, membership } = parts;
  if (!lifecycle) {
    const sentence =
      'None is entered. With one, sessions of a person can be ended, without the first ever being able to delete people.';
    return [{ ...naming, state: 'not-tested', sentence }];
  }
  if (lifecycle.clientId.toLowerCase() === membership.clientId.toLowerCase()) {
    const sentence =
      'Both credentials are of one app registration, which then could delete people.';
    return [{ ...naming, state: 'refused', sentence, mend: 'Make a second app registration.' }];
  }
  const { passed, told, granted } = await signIn(naming.name, parts, lifecycle, deps);
  const [token] = told;
  if (!passed) return token ? [{ ...token, id: naming.id }] : [];
  const may = [END_SESSIONS, 'User.ReadWrite.All', 'Directory.ReadWrite.All'];
  const line: CheckLine = !granted
    ? {
        ...naming,
        state: 'not-tested',
        sentence: 'Its access token does not tell its permissions.',
      }
    : may.some((one) => granted.has(one))
      ? { ...naming, state: 'passed', sentence: 'Sessions can be ended.' }
      : {
          ...naming,
          state: 'failed',
          sentence: 'Its permission to end sessions is not granted.',
          mend: consent(END_SESSIONS),
        };
  const name = 'Permissions of the second app registration';
  return [line, power('lifecycle-power', name, granted, 'lifecycle')];
}

function power(
  id: string,
  name: string,
  granted: Granted,
  of: 'membership' | 'lifecycle',
): CheckLine {
  if (!granted) {
    const sentence = 'The access token does not tell its permissions, so look at them yourself.';
    return { id, name, state: 'not-tested', sentence, mend: take('whatever else is granted') };
  }
  const found = tooMuch(granted, of);
  const names = [...found.refused, ...found.warned].map((one) => one.split(' ')[0]).join(', ');
  return powerLine({ id, name }, found, {
    none: `Nothing is granted beyond what the app uses: ${[...granted].sort().join(', ') || 'no permission at all'}.`,
    mend: take(names),
  });
}
