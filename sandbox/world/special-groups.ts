/** Groups that an app may not or should not change by hand, of every kind the directories know. */
import { DEPARTMENTS } from './names';
import { slug } from './person';
import type { GroupPlan } from './story-apps';
import type { DirectoryName, WorldGroup } from './world';

const group = (
  directory: DirectoryName,
  kind: WorldGroup['kind'],
  name: string,
  description: string,
): GroupPlan => ({ key: `${directory}-${slug(name)}`, directory, kind, name, description });

/** Filled by department in Okta (rules), Entra (dynamic membership) and partly Google. */
function byDepartment(): GroupPlan[] {
  return DEPARTMENTS.flatMap((department) => [
    group('okta', 'rule', `Dept ${department}`, `Everyone in ${department}`),
    group('entra', 'dynamic', `All ${department}`, `Everyone in ${department}`),
    ...(department.length < 8
      ? [group('google', 'dynamic', `Team ${department}`, `Everyone in ${department}`)]
      : []),
  ]);
}

export const BUILT_IN_GROUPS: readonly GroupPlan[] = [
  group('okta', 'built-in', 'Everyone', 'All users in your organization'),
  group('okta', 'built-in', 'Okta Administrators', 'Okta manages this group'),
];

export const SPECIAL_GROUPS: readonly GroupPlan[] = [
  ...byDepartment(),
  group('okta', 'app', 'Directory Sync Sales', 'Imported from the sales application'),
  group('okta', 'app', 'Directory Sync Payroll', 'Imported from the payroll application'),
  group('okta', 'app', 'Directory Sync Warehouse', 'Imported from the warehouse application'),
  group('okta', 'privileged', 'Okta Help Desk', 'Carries the help desk administrator role'),
  group('okta', 'privileged', 'Okta Super Team', 'Carries the super administrator role'),
  group('entra', 'synced', 'Domain File Share', 'From the on-premises directory'),
  group('entra', 'synced', 'Domain Printers', 'From the on-premises directory'),
  group('entra', 'synced', 'Domain VPN', 'From the on-premises directory'),
  group('entra', 'synced', 'Domain Backup', 'From the on-premises directory'),
  group('entra', 'mail', 'Mail Announcements', 'Mail-enabled security group'),
  group('entra', 'mail', 'Mail Releases', 'Mail-enabled security group'),
  group('entra', 'mail', 'Mail Facilities', 'Distribution list'),
  group('entra', 'm365', 'Team Offsite', 'Microsoft 365 group'),
  group('entra', 'm365', 'Team Book Club', 'Microsoft 365 group'),
  group('entra', 'm365', 'Team Launch', 'Microsoft 365 group'),
  group('entra', 'privileged', 'Role Help Desk', 'May hold directory roles'),
  group('entra', 'privileged', 'Role User Admins', 'May hold directory roles'),
  group('google', 'privileged', 'Workspace Admins', 'Holds an administrator role'),
  group('google', 'privileged', 'Workspace Groups Admins', 'Holds an administrator role'),
];
