/**
 * Logos of apps: kept here and shown as data, so that no browser asks a third party for a picture. An
 * app without one is shown by its initials.
 */
import * as z from 'zod/mini';
import type { Answer } from '../contracts/answer';
import type { Deps } from '../requests/deps';
import { sha256 } from '../shared/canonical';
import { load } from '../shared/record';
import { done, no, save } from './changes';
import { type LogoType, logoType } from './model/logo';
import { apps } from './store';

const LARGEST = 32 * 1024;

const logoSchema = z.strictObject({
  v: z.literal(1),
  type: z.enum(['image/png', 'image/jpeg', 'image/webp']),
  /** Base64. */
  data: z.string(),
});
const place = (app: string) => `logo:${app}`;

export async function saveLogo(
  deps: Deps,
  { app, data }: { readonly app: string; readonly data: string },
  by: string,
): Promise<Answer<{ app: string; logo: string }>> {
  const known = await load(deps.store, apps, `app:${app}`);
  if (!known) return no('app-exists', `The catalog has no app "${app}".`, 'Save the app first.');
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length === 0 || bytes.toString('base64').replace(/=+$/, '') !== data.replace(/=+$/, ''))
    return no('logo-form', 'That is no base64 text.', 'Choose the file again.');
  if (bytes.length > LARGEST)
    return no('logo-size', 'A logo has at most 32 KiB.', 'Make the picture smaller.');
  const type = logoType(bytes);
  if (type === undefined)
    return no(
      'logo-type',
      'A logo is a PNG, JPEG or WebP picture.',
      'Save the picture as one of these; SVG can carry scripts and is not taken.',
    );
  const logo = { v: 1 as const, type, data: bytes.toString('base64') };
  const before = await read(deps, app);
  const saved = await save(
    deps,
    { what: `logo:${app}`, by, before: told(before), after: told(logo) },
    [],
    { app, logo: urlOf(logo) },
  );
  if (saved.ok) await deps.store.writePlain(place(app), logo);
  return saved;
}

export async function removeLogo(
  deps: Deps,
  app: string,
  by: string,
): Promise<Answer<{ app: string }>> {
  const before = await read(deps, app);
  if (!before) return done({ app });
  const change = { what: `logo:${app}`, by, before: told(before), after: null };
  const saved = await save(deps, change, [], { app });
  if (saved.ok) await deps.store.removePlain(place(app));
  return saved;
}

/** Data URL by app; an app without a logo is missing. */
export async function readLogos(
  deps: Deps,
  wanted: readonly string[],
): Promise<Answer<Record<string, string>>> {
  const read_ = await Promise.all(wanted.map(async (app) => [app, await read(deps, app)] as const));
  return done(
    Object.fromEntries(read_.flatMap(([app, logo]) => (logo ? [[app, urlOf(logo)]] : []))),
  );
}

type Logo = z.infer<typeof logoSchema>;

async function read(deps: Pick<Deps, 'store'>, app: string): Promise<Logo | undefined> {
  return logoSchema.safeParse(await deps.store.readPlain(place(app))).data;
}

const urlOf = ({ type, data }: { type: LogoType; data: string }) => `data:${type};base64,${data}`;
const told = (logo: Logo | undefined) =>
  logo === undefined ? undefined : { type: logo.type, sha256: sha256(logo.data) };
