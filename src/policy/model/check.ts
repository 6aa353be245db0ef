/**
 * Rules that are well formed and cannot be meant: contradictions, and what names things that are not
 * there. Each is refused with its path and a sentence that says what to write instead.
 */
import { durationInWords } from '../../catalog/model/catalog';
import type { Condition, Override, Rules, Source, StageRule, Tier } from '../../contracts/policy';
import type { Wrong } from './schema-words';

/** What is known of the site; absent members were not looked at. */
export interface Known {
  readonly connections: ReadonlySet<string>;
  /** Of the accounts that the document names: those that can decide here. */
  readonly accounts: ReadonlySet<string>;
  /** `connection:groupId` of the groups that it names and that are there. */
  readonly groups: ReadonlySet<string>;
}

/** Complete rules, laid over each other: an override is judged by what it makes of the role. */
export function checkRules(rules: Rules, tier: Tier, at = ''): Wrong[] {
  const path = (rest: string) => (at === '' ? rest : `${at}.${rest}`);
  return [
    ...lengths(rules, tier, path),
    ...emergency(rules, tier, path),
    ...checkStages(rules, path),
    ...automatic(rules, tier, path),
  ];
}

type Path = (rest: string) => string;

function lengths(rules: Rules, tier: Tier, path: Path): Wrong[] {
  const { durations, permanent, totalAge } = rules;
  const wrong: Wrong[] = [];
  if (durations.length === 0 && !permanent)
    wrong.push({
      path: path('durations'),
      sentence: 'Nothing is offered. Name at least one length of time, or set permanent to true.',
    });
  durations.forEach((one, n) => {
    const last = durations[n - 1];
    if (last !== undefined && one <= last)
      wrong.push({
        path: path(`durations[${n}]`),
        sentence: 'Name each length of time once, the shortest first.',
      });
    if (totalAge !== null && one > totalAge)
      wrong.push({
        path: path(`durations[${n}]`),
        sentence: `${durationInWords(one)} is more than the ${durationInWords(totalAge)} allowed in all. Take it out, or raise totalAge to ${one} or more.`,
      });
  });
  if (permanent && totalAge !== null && tier !== 'break-glass')
    wrong.push({
      path: path('permanent'),
      sentence:
        'Access without an end cannot have a longest time in all. Set permanent to false, or totalAge to null.',
    });
  return wrong;
}

function emergency({ breakGlass, permanent, totalAge }: Rules, tier: Tier, path: Path): Wrong[] {
  if (tier !== 'break-glass')
    return breakGlass === null
      ? []
      : [
          {
            path: path('breakGlass'),
            sentence: 'Only roles of the risk break-glass are given at once. Write null here.',
          },
        ];
  const wrong: Wrong[] = [];
  if (breakGlass === null)
    wrong.push({
      path: path('breakGlass'),
      sentence:
        'Emergency access needs to say who is eligible and when it is reviewed. Write eligible, incident and reviewWithin.',
    });
  if (permanent)
    wrong.push({
      path: path('permanent'),
      sentence: 'Emergency access always has an end. Write false.',
    });
  if (totalAge === null)
    wrong.push({
      path: path('totalAge'),
      sentence: 'Emergency access needs a longest time in all. Write it in seconds, as 3600.',
    });
  return wrong;
}

/** Everyone a source can mean at most; a group may have any number. */
const mostOf = (source: Source): number => {
  if (source.kind === 'people') return new Set(source.accounts).size;
  return source.kind === 'jira-group' || source.kind === 'directory-group'
    ? Number.POSITIVE_INFINITY
    : 1;
};
const sameSource = (a: Source, b: Source): boolean => JSON.stringify(a) === JSON.stringify(b);

function checkStages({ stages, distinct }: Rules, path: Path): Wrong[] {
  return stages.flatMap((stage, n) => {
    const here = `stages[${n}]`;
    const wrong: Wrong[] = [];
    if (stages.findIndex((one) => one.id === stage.id) < n)
      wrong.push({
        path: path(`${here}.id`),
        sentence: `Another stage is called "${stage.id}" already. Give each stage its own id.`,
      });
    if (stage.id.startsWith('sod-'))
      wrong.push({
        path: path(`${here}.id`),
        sentence: 'Ids that begin with sod- are kept for separation of duties. Choose another one.',
      });
    wrong.push(...crowd(stage, path(here)));
    const before = stages.slice(0, n).find((one) => distinct && sameSingle(one, stage));
    if (before)
      wrong.push({
        path: path(`${here}.from`),
        sentence: `The same one person would decide here and in "${before.id}", and nobody decides twice. Name somebody else, or set distinct to false.`,
      });
    return wrong;
  });
}

const sameSingle = (a: StageRule, b: StageRule): boolean => {
  const [one, ...others] = a.from;
  const [two, ...more] = b.from;
  return (
    one !== undefined &&
    two !== undefined &&
    others.length + more.length === 0 &&
    mostOf(one) === 1 &&
    sameSource(one, two)
  );
};

function crowd({ from, needs }: StageRule, at: string): Wrong[] {
  const wrong: Wrong[] = [];
  from.forEach((source, n) => {
    if (from.findIndex((one) => sameSource(one, source)) < n)
      wrong.push({ path: `${at}.from[${n}]`, sentence: 'This stands there already. Take it out.' });
    if (source.kind === 'people' && new Set(source.accounts).size < source.accounts.length)
      wrong.push({
        path: `${at}.from[${n}].accounts`,
        sentence: 'The same person stands there twice. Name each person once.',
      });
  });
  const people = from.reduce((sum, source) => sum + mostOf(source), 0);
  if (typeof needs === 'number' && needs > people)
    wrong.push({
      path: `${at}.needs`,
      sentence: `${needs} have to say yes, and there are ${people} at most. Write ${people} or less, or name more people.`,
    });
  return wrong;
}

function automatic({ auto }: Rules, tier: Tier, path: Path): Wrong[] {
  if (auto === null || tier === 'routine') return [];
  return [
    {
      path: path('auto'),
      sentence: `Only routine roles are decided by a rule, and this one is ${tier}. Write null here.`,
    },
  ];
}

interface Named<T> {
  readonly path: string;
  readonly it: T;
}

/** Every condition and source that stands in the rules themselves, with where. */
export function namedIn(
  rules: Override,
  at = '',
): {
  readonly conditions: readonly Named<Condition>[];
  readonly sources: readonly Named<Source>[];
} {
  const path = (rest: string) => (at === '' ? rest : `${at}.${rest}`);
  const listed = <T>(all: readonly T[] | undefined, name: string): Named<T>[] =>
    (all ?? []).map((it, n) => ({ path: path(`${name}[${n}]`), it }));
  return {
    conditions: [
      ...listed(rules.visibleTo, 'visibleTo'),
      ...listed(rules.breakGlass?.eligible, 'breakGlass.eligible'),
      ...listed(rules.auto?.when, 'auto.when').flatMap(({ path: place, it }) =>
        it.kind === 'at-most' || it.kind === 'asks-for-self' ? [] : [{ path: place, it }],
      ),
    ],
    sources: (rules.stages ?? []).flatMap((stage, n) => listed(stage.from, `stages[${n}].from`)),
  };
}

/** What the rules name has to be there. */
export function checkNames(rules: Override, known: Known, at = ''): Wrong[] {
  const { conditions, sources } = namedIn(rules, at);
  return [
    ...conditions.flatMap(({ path, it }) => namedThere(it, path, known)),
    ...sources.flatMap(({ path, it }) => namedThere(it, path, known)),
  ];
}

export function namedThere(one: Condition | Source, path: string, known: Known): Wrong[] {
  if (one.kind === 'people')
    return one.accounts.flatMap((account, n) =>
      known.accounts.has(account)
        ? []
        : [
            {
              path: `${path}.accounts[${n}]`,
              sentence:
                'This account is not that of an active person on this site. Name the account id of somebody who can decide.',
            },
          ],
    );
  if (one.kind !== 'directory-group') return [];
  if (!known.connections.has(one.connection))
    return [
      {
        path: `${path}.connection`,
        sentence: `There is no connection "${one.connection}" that is switched on. Write the id of one that is.`,
      },
    ];
  return known.groups.has(`${one.connection}:${one.group}`)
    ? []
    : [
        {
          path: `${path}.group`,
          sentence: `The directory ${one.connection} has no group "${one.group}". Write the id of one of its groups.`,
        },
      ];
}
