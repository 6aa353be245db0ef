/** What a set of changes shall make of its targets, before anybody has looked whether it can be. */
import * as z from 'zod/mini';
import { appInput, roleInput } from '../../contracts/admin';
import { linkContent } from './change-set';
import { bindingInFile, connectionInFile, settingsInFile } from './configuration';

const at = z.string();
/** What a form leaves out gets its default; what a draft leaves out stays as it is. */
const bare = <T extends z.ZodMiniType>(field: z.ZodMiniDefault<T>): T => field._zod.def.innerType;
const { description, category, status } = appInput.shape;
const appSet = z.extend(z.omit(appInput, { id: true }), {
  description: bare(description),
  category: bare(category),
  status: bare(status),
});
const roleSet = z.extend(z.omit(roleInput, { app: true, key: true }), {
  description: bare(roleInput.shape.description),
  status: bare(roleInput.shape.status),
});
/** It must be in the catalog already. */
const known = z.optional(z.boolean());

export const draftSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('settings'),
    at,
    set: settingsInFile,
    bindings: z.array(bindingInFile),
  }),
  z.strictObject({ kind: z.literal('connection'), at, set: connectionInFile }),
  z.strictObject({
    kind: z.literal('app'),
    at,
    id: z.string(),
    /** Absent members stay as they are; of a new app they must not be missing. */
    set: z.partial(appSet),
    known,
  }),
  z.strictObject({
    kind: z.literal('role'),
    at,
    id: z.string(),
    set: z.partial(roleSet),
    known,
    /** Groups may stand there by their names. */
    byName: z.optional(z.boolean()),
    /** Not offered, whatever else. */
    draft: z.optional(z.boolean()),
    /** Names of the groups, for when the directory cannot be asked yet. */
    names: z.optional(z.record(z.string(), z.string())),
  }),
  z.strictObject({ kind: z.literal('link'), at, set: z.omit(linkContent, { linkedBy: true }) }),
]);
export type Draft = z.infer<typeof draftSchema>;
export type DraftOf<K extends Draft['kind']> = Extract<Draft, { kind: K }>;
