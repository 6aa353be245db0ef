/** Who and where this invocation is, from the platform's own context. */
import { getAppContext } from '@forge/api';
import * as z from 'zod/mini';
import type { Installation } from './ports';

const licenseSchema = z.object({
  active: z.nullish(z.boolean()),
  isActive: z.nullish(z.boolean()),
});

/** What Forge passes to a function beside its payload; every member may be missing. */
const handlerContextSchema = z.object({
  installContext: z.nullish(z.string()),
  license: z.nullish(licenseSchema),
  cloudId: z.nullish(z.string()),
});

const SITE_ARI = /^ari:cloud:[\w-]+::site\/([\w-]+)$/;

/** Throws when the platform names no site: every store and cache is keyed by it. */
export function currentInstallation(handlerContext?: unknown): Installation {
  const app = getAppContext();
  const handler = handlerContextSchema.safeParse(handlerContext ?? {}).data ?? {};
  const cloudId =
    app.installation?.contexts?.find((context) => context.cloudId !== undefined)?.cloudId ??
    siteOf(handler.installContext ?? '') ??
    handler.cloudId;
  if (!cloudId) throw new Error('Forge named no site for this invocation');
  return {
    cloudId,
    installationId: app.installationAri.installationId,
    appUuid: lastPart(String(app.appAri)),
    licensed: licensed(app.license) ?? licensed(handler.license),
    appVersion: app.appVersion,
  };
}

/**
 * Forge's documents name the member `active` in one place and `isActive` in another. Neither there
 * means that the platform does not license this installation at all, which is not "inactive".
 */
function licensed(license: z.infer<typeof licenseSchema> | null | undefined): boolean | undefined {
  return license?.active ?? license?.isActive ?? undefined;
}

const siteOf = (ari: string): string | undefined => SITE_ARI.exec(ari)?.[1];

/** `app.id` is an ARI or the bare UUID; the portal property's key is the UUID. */
const lastPart = (ari: string): string => ari.slice(ari.lastIndexOf('/') + 1);
