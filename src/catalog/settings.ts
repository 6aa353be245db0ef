/** The site's settings in the ledger. */
import type { Row, Store } from '../forge/ports';
import { decode, type Held, load, put, type RecordType } from '../shared/record';
import { emptySettings, type SiteSettings, siteSettingsSchema } from './model/settings';

const settingsType: RecordType<SiteSettings> = {
  entity: 'config',
  schema: siteSettingsSchema,
  key: () => 'settings:site',
  attributes: () => ({ kind: 'settings', status: 'live', sortName: 'site' }),
};

/** From a row read together with others. */
export const settingsFrom = (row: Row | undefined): SiteSettings =>
  row ? decode(settingsType, 'settings:site', row).value : emptySettings;

export async function loadSettings(store: Pick<Store, 'get'>): Promise<Held<SiteSettings>> {
  return (await load(store, settingsType, 'settings:site')) ?? { value: emptySettings, rev: 0 };
}
export const putSettings = (settings: SiteSettings, rev: number) =>
  put(settingsType, settings, rev);
