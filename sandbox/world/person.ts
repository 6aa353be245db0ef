/** Builds one person of the world with accounts of the right shape in Jira and the directories. */
import { atlassianAccountId, googleUserId, guid, oktaId, portalAccountId } from './ids';
import type { DirectoryName, WorldAccount, WorldPerson } from './world';

export const DOMAIN = 'latchkey-demo.example';
/** The tenant's first domain, in which guests get their names. */
export const ENTRA_INITIAL_DOMAIN = 'latchkey-demo.onmicrosoft.com';

type JiraRole = 'agent' | 'jira-admin' | 'project-admin';

export interface PersonSpec {
  key: string;
  given: string;
  family: string;
  department: string;
  title: string;
  manager?: string | undefined;
  employment?: 'employee' | 'contractor';
  /** Default: given.family@ the company's domain. */
  email?: string;
  /** `none`: no Jira account. Default: an Atlassian account without a licence. */
  jira?: 'none' | 'customer' | 'unlicensed' | 'licensed';
  jiraRoles?: readonly JiraRole[];
  /** Default: the company e-mail. */
  jiraEmail?: string;
  jiraActive?: boolean;
  timeZone?: string;
  locale?: string;
  /** Default: one account in each. */
  directories?: readonly DirectoryName[];
  /** Disabled everywhere. */
  left?: boolean;
}

export function makePerson(seed: number, spec: PersonSpec): WorldPerson {
  const email = spec.email ?? `${slug(spec.given)}.${slug(spec.family)}@${DOMAIN}`;
  const id = `${seed}:${spec.key}`;
  const employment = spec.employment ?? 'employee';
  const directories = spec.directories ?? ['okta', 'entra', 'google'];
  const jira = spec.jira ?? 'unlicensed';
  return {
    key: spec.key,
    given: spec.given,
    family: spec.family,
    email,
    department: spec.department,
    title: spec.title,
    employment,
    ...(spec.manager !== undefined && { manager: spec.manager }),
    ...(jira !== 'none' && {
      jira: {
        accountId: jira === 'customer' ? portalAccountId(id) : atlassianAccountId(id),
        accountType: jira === 'customer' ? ('customer' as const) : ('atlassian' as const),
        email: spec.jiraEmail ?? email,
        active: spec.jiraActive ?? !spec.left,
        licensed: jira === 'licensed',
        roles: spec.jiraRoles ?? [],
        timeZone: spec.timeZone ?? 'Europe/Berlin',
        locale: spec.locale ?? 'en_US',
      },
    }),
    accounts: directories.map((directory) => makeAccount(id, directory, email, !spec.left)),
  };
}

export function makeAccount(
  id: string,
  directory: DirectoryName,
  email: string,
  active: boolean,
): WorldAccount {
  const ids = {
    okta: () => oktaId('00u', id),
    entra: () => guid(`entra:${id}`),
    google: () => googleUserId(id),
  };
  return { directory, id: ids[directory](), login: loginOf(directory, email), email, active };
}

/** A person from outside is a guest in Entra, and a guest's name there holds `#EXT#`. */
function loginOf(directory: DirectoryName, email: string): string {
  if (directory !== 'entra' || email.endsWith(`@${DOMAIN}`)) return email;
  return `${email.replace('@', '_')}#EXT#@${ENTRA_INITIAL_DOMAIN}`;
}

export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
