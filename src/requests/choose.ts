/** From a wish to exactly one role of the catalog, or the question to ask back. */
import { durationInWords, type Role } from '../catalog/model/catalog';
import { apps, loadOffer, type Offer, roles } from '../catalog/store';
import type { Store } from '../forge/ports';
import { policyFor, type RolePolicy } from '../policy/model/effective';
import { SITE_POLICY, sitePolicyFrom } from '../policy/site-policy';
import { decode, find } from '../shared/record';
import type { Wish } from './model/wish';

export interface Question {
  readonly about: 'role' | 'duration' | 'reason' | 'ticket';
  readonly sentence: string;
  readonly choices: readonly string[];
}

export type Choice =
  | { readonly kind: 'chosen'; readonly offer: Offer; readonly duration: number | null }
  | { readonly kind: 'ask'; readonly questions: readonly Question[] }
  /** Nobody asked for an app, or for one that the catalog does not have: IT sorts it out. */
  | { readonly kind: 'unknown-app'; readonly said: string | undefined }
  | { readonly kind: 'withdrawn'; readonly what: string };

export async function choose(store: Store, wish: Wish): Promise<Choice> {
  const appId = await appNamed(store, wish);
  if (appId === undefined) return { kind: 'unknown-app', said: wish.app ?? wish.role };
  const offered = await rolesOf(store, appId);
  const role = roleNamed(offered, wish.role);
  if (role === undefined) {
    const choices = offered.map((r) => r.name);
    if (choices.length === 0) return { kind: 'withdrawn', what: appId };
    return {
      kind: 'ask',
      questions: [
        {
          about: 'role',
          sentence: wish.role
            ? 'That role does not exist for this app. Which one do you need?'
            : 'Which role do you need?',
          choices,
        },
        ...howLong(wish, await withPolicies(store, appId, offered)),
        ...missing(wish, undefined),
      ],
    };
  }
  const offer = await loadOffer(store, role.id);
  if (offer?.role.status !== 'live' || offer.app.status !== 'live') {
    return { kind: 'withdrawn', what: role.id };
  }
  const questions = missing(wish, offer.policy);
  if (questions.length > 0) return { kind: 'ask', questions };
  return { kind: 'chosen', offer, duration: durationFor(wish, offer.policy) as number | null };
}

/** `undefined`: not offered, or not said although there is a choice. */
export function durationFor(wish: Wish, offered: Lengths): number | null | undefined {
  if (wish.durationText !== undefined) return undefined;
  if (wish.duration === undefined) {
    const only = [...offered.durations, ...(offered.permanent ? [null] : [])];
    return only.length === 1 ? only[0] : undefined;
  }
  if (wish.duration === null) return offered.permanent ? null : undefined;
  return offered.durations.includes(wish.duration) ? wish.duration : undefined;
}

export type Lengths = Pick<RolePolicy, 'durations' | 'permanent'>;
type Named = Lengths & { readonly name: string };

async function withPolicies(
  store: Pick<Store, 'getMany'>,
  appId: string,
  offered: readonly Role[],
): Promise<Named[]> {
  const [appRow, policyRow] = await store.getMany([
    { entity: 'config', key: `app:${appId}` },
    { entity: 'config', key: SITE_POLICY },
  ]);
  const app = appRow ? decode(apps, `app:${appId}`, appRow).value : {};
  const site = sitePolicyFrom(policyRow);
  return offered.map((role) => ({ ...policyFor(site, app, role), name: role.name }));
}

/** Asked in the same breath as the role, because people are asked back only once. */
function howLong(wish: Wish, offered: readonly Named[]): Question[] {
  const open = wish.duration === undefined && wish.durationText === undefined;
  const listed = offered.filter((role) => lengths(role).length > 1);
  if (!open || listed.length === 0) return [];
  const each = listed.map((role) => `${role.name}: ${lengths(role).join(', ')}`);
  return [
    {
      about: 'duration',
      sentence: `For how long do you need it? ${each.join('. ')}.`,
      choices: [],
    },
  ];
}

const lengths = (role: Lengths): string[] => [
  ...role.durations.map((d) => durationInWords(d)),
  ...(role.permanent ? ['permanent'] : []),
];

type Asks = Lengths & Pick<RolePolicy, 'reasonLength' | 'ticket' | 'tier' | 'breakGlass'>;

/** What the person can settle by a plain answer. */
function missing(wish: Wish, role: Asks | undefined): Question[] {
  const questions: Question[] = [];
  if (role && durationFor(wish, role) === undefined) {
    const said = wish.duration !== undefined || wish.durationText !== undefined;
    questions.push({
      about: 'duration',
      sentence: said
        ? 'That length of time is not offered for this role. Which one do you need?'
        : 'For how long do you need it?',
      choices: lengths(role),
    });
  }
  const atLeast = role?.reasonLength ?? 0;
  if (wish.reason.trim().length < Math.max(atLeast, 1))
    questions.push({
      about: 'reason',
      sentence:
        wish.reason === ''
          ? 'What do you need it for?'
          : `What do you need it for? Please say it in at least ${atLeast} characters.`,
      choices: [],
    });
  if (role && wish.ticket === undefined && needsTicket(role))
    questions.push({
      about: 'ticket',
      sentence: 'Which ticket is it for? Please answer with its key.',
      choices: [],
    });
  return questions;
}

const needsTicket = ({ ticket, tier, breakGlass }: Asks): boolean =>
  ticket === 'required' || (tier === 'break-glass' && breakGlass?.incident === true);

/** By id or by name, never by likeness: what is granted must be what was said. */
async function appNamed(store: Store, wish: Wish): Promise<string | undefined> {
  const said = wish.app ?? wish.role?.split('.')[0];
  if (said === undefined) return undefined;
  const name = said.trim().toLowerCase();
  if (/^[a-z0-9][a-z0-9-]{0,59}$/.test(name) && (await store.get('config', `app:${name}`)))
    return name;
  const { found } = await find(store, apps, {
    index: 'by-kind',
    partition: ['app', 'live'],
    range: { from: name, to: name },
    limit: 2,
  });
  return found.length === 1 ? found[0]?.value.id : undefined;
}

async function rolesOf(store: Store, appId: string): Promise<Role[]> {
  const { found } = await find(store, roles, {
    index: 'by-kind',
    partition: ['role', 'live'],
    range: { from: `${appId}/`, to: `${appId}/￿` },
    limit: 100,
  });
  return found.map((held) => held.value);
}

function roleNamed(offered: readonly Role[], said: string | undefined): Role | undefined {
  if (said === undefined) return offered.length === 1 ? offered[0] : undefined;
  const name = said.trim().toLowerCase();
  return offered.find((r) => r.id === name) ?? offered.find((r) => r.name.toLowerCase() === name);
}
