/** Roles as an administrator saves them. */
import type { Play } from './play';

/** Figma's Editor as the sandbox seeds it: an hour to a day, decided by the manager. */
export const figmaEditor = async (play: Play, connection = 'okta') => ({
  app: 'figma',
  key: 'editor',
  name: 'Editor',
  description: 'Create and change design files.',
  risk: 'sensitive',
  connection,
  groups: [await play.okta.groupId('figma-editors')],
  durations: [3600, 21_600, 86_400],
  permanent: false,
  approver: { kind: 'manager' },
});
