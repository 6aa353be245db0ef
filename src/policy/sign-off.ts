/** A published rule is signed off anew: it counts for twelve months from then on. */
import { no, save } from '../catalog/changes';
import type { App, Role } from '../catalog/model/catalog';
import { apps, putVersioned, roles } from '../catalog/store';
import type { Answer } from '../contracts/answer';
import type { AutoRule, SitePolicy } from '../contracts/policy';
import type { Write } from '../forge/ports';
import type { Deps } from '../requests/deps';
import { load } from '../shared/record';
import { TIERS } from './model/check-site';
import { loadSitePolicy, SITE_POLICY, sitePolicies } from './site-policy';

interface Signing {
  readonly what: string;
  readonly before: App | Role | SitePolicy;
  readonly after: App | Role | SitePolicy;
  readonly writes: readonly Write[];
}

/** `of`: `tier:routine`, `app:figma` or `role:figma.viewer`. */
export async function signOff(
  deps: Deps,
  { of }: { readonly of: string },
  by: string,
): Promise<Answer<{ signedOffAt: string }>> {
  const signedOffAt = deps.now();
  const again = (rule: AutoRule): AutoRule => ({ ...rule, signedOffBy: by, signedOffAt });
  const [kind, id] = [of.slice(0, of.indexOf(':')), of.slice(of.indexOf(':') + 1)];
  const signing =
    kind === 'role'
      ? await ofRole(deps, id, again)
      : kind === 'app'
        ? await ofApp(deps, id, again)
        : await ofTier(deps, id, again);
  if (!signing) return no('rule-exists', 'No published rule decides there.', 'Reload the page.');
  const { what, before, after, writes } = signing;
  return save(deps, { what, by, before, after }, writes, { signedOffAt });
}

type Again = (rule: AutoRule) => AutoRule;

async function ofRole(deps: Deps, id: string, again: Again): Promise<Signing | undefined> {
  const held = await load(deps.store, roles, `role:${id}`);
  const { approver, rules } = held?.value ?? {};
  if (!held || held.value.status === 'removed') return undefined;
  const before = held.value;
  const next = { ...before, version: before.version + 1 };
  const what = `role:${id}`;
  if (approver?.kind === 'auto') {
    const { kind, ...rule } = approver;
    const { when: _, ...signed } = again({ ...rule, when: [] });
    const after: Role = { ...next, approver: { kind, ...signed } };
    return { what, before, after, writes: putVersioned(roles, after, held.rev) };
  }
  if (!rules?.auto) return undefined;
  const after: Role = { ...next, rules: { ...rules, auto: again(rules.auto) } };
  return { what, before, after, writes: putVersioned(roles, after, held.rev) };
}

async function ofApp(deps: Deps, id: string, again: Again): Promise<Signing | undefined> {
  const held = await load(deps.store, apps, `app:${id}`);
  const rules = held?.value.rules;
  if (!held || !rules?.auto || held.value.status === 'removed') return undefined;
  const before = held.value;
  const after: App = {
    ...before,
    version: before.version + 1,
    rules: { ...rules, auto: again(rules.auto) },
  };
  return { what: `app:${id}`, before, after, writes: putVersioned(apps, after, held.rev) };
}

async function ofTier(deps: Deps, id: string, again: Again): Promise<Signing | undefined> {
  const { value: before, rev } = await loadSitePolicy(deps.store);
  const tier = TIERS.find((one) => one === id);
  const rules = tier && before.tiers[tier];
  if (!tier || !rules?.auto) return undefined;
  const after: SitePolicy = {
    ...before,
    version: before.version + 1,
    tiers: { ...before.tiers, [tier]: { ...rules, auto: again(rules.auto) } },
  };
  return { what: SITE_POLICY, before, after, writes: putVersioned(sitePolicies, after, rev) };
}
