/**
 * The people that stories and tests call by name. They are the same in every world of a seed; what
 * each one stands for is said beside it.
 */
import { makeAccount, makePerson, type PersonSpec } from './person';
import type { WorldPerson } from './world';

const EVERY_STORY: readonly PersonSpec[] = [
  {
    // Jira administrator.
    key: 'admin',
    given: 'Alma',
    family: 'Winter',
    department: 'IT',
    title: 'IT Manager',
    jira: 'licensed',
    jiraRoles: ['jira-admin', 'project-admin', 'agent'],
  },
  {
    key: 'second-admin',
    given: 'Boris',
    family: 'Lund',
    department: 'IT',
    title: 'Systems Administrator',
    manager: 'admin',
    jira: 'licensed',
    jiraRoles: ['jira-admin', 'project-admin', 'agent'],
  },
  {
    // Works the queue, administers nothing.
    key: 'agent',
    given: 'Celia',
    family: 'Torres',
    department: 'IT',
    title: 'IT Support Engineer',
    manager: 'admin',
    jira: 'licensed',
    jiraRoles: ['agent'],
  },
  {
    // Owner of most story apps.
    key: 'owner',
    given: 'Omar',
    family: 'Castellan',
    department: 'Engineering',
    title: 'Director of Platforms',
    jira: 'licensed',
    timeZone: 'Europe/London',
  },
  {
    key: 'manager',
    given: 'Marta',
    family: 'Ridgewell',
    department: 'Design',
    title: 'Head of Design',
    manager: 'owner',
  },
  {
    key: 'requester',
    given: 'Rosalind',
    family: 'Okoye',
    department: 'Design',
    title: 'Product Designer',
    manager: 'manager',
  },
  {
    // The requester's colleague; approves nothing.
    key: 'friend',
    given: 'Felix',
    family: 'Marchetti',
    department: 'Design',
    title: 'Product Designer',
    manager: 'manager',
  },
  {
    // Named as approver of one role.
    key: 'named',
    given: 'Nora',
    family: 'Falkenberg',
    department: 'Sales',
    title: 'Head of Sales Operations',
    manager: 'owner',
  },
  {
    // In Jira, in no directory yet.
    key: 'newcomer',
    given: 'Nikhil',
    family: 'Varma',
    department: 'Design',
    title: 'Design Researcher',
    manager: 'manager',
    directories: [],
  },
  {
    // Two active Okta accounts share one e-mail; the second is added below.
    key: 'double',
    given: 'Dagny',
    family: 'Solberg',
    department: 'Marketing',
    title: 'Campaign Manager',
    manager: 'owner',
  },
  {
    // Disabled in every directory, still active in Jira.
    key: 'leaver',
    given: 'Lorenz',
    family: 'Abadi',
    department: 'Finance',
    title: 'Accountant',
    manager: 'owner',
    left: true,
    jiraActive: true,
  },
  {
    // From outside: a guest in Entra, nothing in Google.
    key: 'contractor',
    given: 'Kofi',
    family: 'Brandt',
    department: 'Data',
    title: 'Data Engineer',
    employment: 'contractor',
    manager: 'manager',
    email: 'kofi.brandt+demo@harborlight-partners.example',
    directories: ['okta', 'entra'],
  },
  {
    // Knows Jira only through the portal.
    key: 'portal-only',
    given: 'Petra',
    family: 'Moss',
    department: 'Operations',
    title: 'Workplace Coordinator',
    manager: 'manager',
    jira: 'customer',
  },
];

export function makeCast(seed: number): WorldPerson[] {
  return EVERY_STORY.map((spec) => {
    const person = makePerson(seed, spec);
    if (spec.key !== 'double') return person;
    const twin = makeAccount(`${seed}:double-second`, 'okta', person.email, true);
    const login = person.email.replace('@', '.admin@');
    return { ...person, accounts: [...person.accounts, { ...twin, login }] };
  });
}
