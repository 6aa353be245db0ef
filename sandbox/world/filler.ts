/** The rest of the company: people, groups and apps beside the cast and the story apps. */
import { type Random, seeded } from '../kit/random';
import {
  APP_CATEGORIES,
  APP_FIRST_WORDS,
  APP_SECOND_WORDS,
  DEPARTMENTS,
  FAMILY_NAMES,
  GIVEN_NAMES,
  LOCALES,
  TIME_ZONES,
  TITLES,
} from './names';
import { DOMAIN, makePerson, type PersonSpec, slug } from './person';
import type { GroupPlan } from './story-apps';
import type { DirectoryName, WorldApp, WorldPerson, WorldRole } from './world';

/** `p001` is the top, the next twelve lead a department each, the others report to a lead or peer. */
export function makePeople(seed: number, count: number): WorldPerson[] {
  const random = seeded(seed * 7919 + 11);
  const taken = new Map<string, number>();
  const people: WorldPerson[] = [];
  for (let i = 0; i < count; i++) people.push(makePerson(seed, specOf(i, random, taken)));
  return people;
}

export function personKey(index: number): string {
  return `p${String(index + 1).padStart(3, '0')}`;
}

function specOf(i: number, random: Random, taken: Map<string, number>): PersonSpec {
  const lead = i > 0 && i <= DEPARTMENTS.length;
  const department =
    i === 0 ? 'Operations' : lead ? at(DEPARTMENTS, i - 1) : random.pick(DEPARTMENTS);
  const given = random.pick(GIVEN_NAMES);
  const family = random.pick(FAMILY_NAMES);
  const contractor = i > DEPARTMENTS.length && random.next() < 0.06;
  const email = contractor
    ? unique(taken, `${slug(given)}.${slug(family)}`, 'harborlight-partners.example')
    : unique(taken, `${slug(given)}.${slug(family)}`, DOMAIN);
  const title =
    i === 0
      ? 'Chief Executive'
      : lead
        ? `Head of ${department}`
        : random.pick(TITLES[department] ?? ['Specialist']);
  const chance = random.next();
  const other = random.next();
  return {
    key: personKey(i),
    given,
    family,
    department,
    title,
    manager: i === 0 ? undefined : lead ? personKey(0) : managerOf(i, department, random),
    employment: contractor ? 'contractor' : 'employee',
    // Some use a sub-address as their company address, and some filters mistake its plus sign.
    email: !contractor && other < 0.02 ? email.replace('@', '+work@') : email,
    jira:
      chance < 0.1
        ? 'none'
        : chance < 0.28
          ? 'customer'
          : chance < 0.38
            ? 'licensed'
            : 'unlicensed',
    // Some signed up to Jira under another address than the one the directories know.
    ...(other > 0.96 && { jiraEmail: email.replace('@', '.atlassian@') }),
    left: i > DEPARTMENTS.length && random.next() < 0.04,
    directories: contractor ? ['okta', 'entra'] : ['okta', 'entra', 'google'],
    timeZone: random.pick(TIME_ZONES),
    locale: random.pick(LOCALES),
  };
}

function managerOf(i: number, department: string, random: Random): string {
  const lead = DEPARTMENTS.indexOf(department as (typeof DEPARTMENTS)[number]) + 1;
  const firstPeer = DEPARTMENTS.length + 1;
  const deep = i > firstPeer + 30 && random.next() < 0.4;
  return deep ? personKey(random.int(firstPeer, Math.min(i - 1, firstPeer + 30))) : personKey(lead);
}

/** Name twins get a number in their address, as companies do. */
function unique(taken: Map<string, number>, local: string, domain: string): string {
  const seen = (taken.get(local) ?? 0) + 1;
  taken.set(local, seen);
  return `${local}${seen === 1 ? '' : seen}@${domain}`;
}

const FILLER_DIRECTORIES: readonly DirectoryName[] = ['okta', 'okta', 'entra', 'google'];
const DAY = 86_400;

/** Apps with one or two roles, one plain group each; owners are among the first people. */
export function makeApps(seed: number, count: number, people: number) {
  const random = seeded(seed * 104_729 + 3);
  const apps: WorldApp[] = [];
  const groups: GroupPlan[] = [];
  for (let i = 0; i < count; i++) {
    const name = appName(i);
    const key = slug(name);
    const directory = at(FILLER_DIRECTORIES, i % FILLER_DIRECTORIES.length);
    const roles: WorldRole[] = (i % 2 === 0 ? ['user', 'admin'] : ['user']).map((role) => {
      const group = `${key}-${role}s`;
      groups.push({
        key: group,
        directory,
        kind: 'plain',
        name: `${name} ${role === 'admin' ? 'Admins' : 'Users'}`,
        description: role === 'admin' ? `Administer ${name}` : `Use ${name}`,
      });
      return {
        key: role,
        name: role === 'admin' ? 'Administrator' : 'User',
        description: role === 'admin' ? `Change the settings of ${name}.` : `Work with ${name}.`,
        risk: role === 'admin' ? 'privileged' : random.next() < 0.4 ? 'sensitive' : 'routine',
        approver: random.next() < 0.5 ? 'manager' : 'owner',
        groups: [group],
        durations: role === 'admin' ? [4 * 3600, DAY] : [DAY, 7 * DAY, 30 * DAY],
        permanent: role !== 'admin',
      };
    });
    apps.push({
      key,
      name,
      roles,
      description: `${at(APP_CATEGORIES, i % APP_CATEGORIES.length)} tool of the company.`,
      category: at(APP_CATEGORIES, i % APP_CATEGORIES.length),
      owner: personKey(random.int(0, Math.min(people, 60) - 1)),
    });
  }
  return { apps, groups };
}

function appName(i: number): string {
  const first = i % APP_FIRST_WORDS.length;
  const round = Math.floor(i / APP_FIRST_WORDS.length);
  const second = (round + first * 11) % APP_SECOND_WORDS.length;
  return `${at(APP_FIRST_WORDS, first)} ${at(APP_SECOND_WORDS, second)}`;
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
}
