/** The applications that people of the tenant use, made from the world's. */
import { guid } from '../../world/ids';
import type { World } from '../../world/world';

export interface EntraPrincipal {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly accountEnabled: boolean;
  readonly tags: readonly string[];
  /** Ids of groups. */
  readonly groups: readonly string[];
}

/** Applications whose roles have groups here, and one of Microsoft's own, which nobody asked for. */
export function principalsOf(world: World): EntraPrincipal[] {
  const idOf = new Map(
    world.groups.filter((g) => g.directory === 'entra').map((g) => [g.key, g.id]),
  );
  const own = world.apps.flatMap((app) => {
    const groups = app.roles.flatMap((role) => role.groups.flatMap((key) => idOf.get(key) ?? []));
    const tags = ['WindowsAzureActiveDirectoryIntegratedApp'];
    return groups.length > 0 ? [principal(app.name, tags, [...new Set(groups)])] : [];
  });
  return [...own, principal('Microsoft Graph Command Line Tools', [], [])];
}

function principal(name: string, tags: string[], groups: string[]): EntraPrincipal {
  const id = guid(`principal:${name}`);
  const appId = guid(`client:${name}`);
  return { id, appId, displayName: name, accountEnabled: true, tags, groups };
}
