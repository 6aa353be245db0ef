/** The apps that stories ask for by name, with the directory groups behind their roles. */
import type { DirectoryName, WorldApp, WorldGroup } from './world';

export type GroupPlan = Pick<WorldGroup, 'key' | 'directory' | 'name' | 'description' | 'kind'> & {
  /** Absent: as many members as chance gives. */
  readonly crowd?: number;
};

const HOUR = 3600;

export const STORY_APPS: readonly WorldApp[] = [
  {
    key: 'figma',
    name: 'Figma',
    description: 'Interface design and prototypes.',
    category: 'Design',
    owner: 'owner',
    roles: [
      {
        key: 'viewer',
        name: 'Viewer',
        description: 'Open and comment on design files.',
        risk: 'routine',
        approver: 'owner',
        groups: ['figma-viewers'],
        durations: [8 * HOUR, 24 * HOUR, 7 * 24 * HOUR],
        permanent: true,
      },
      {
        key: 'editor',
        name: 'Editor',
        description: 'Create and change design files.',
        risk: 'sensitive',
        approver: 'manager',
        groups: ['figma-editors'],
        durations: [HOUR, 6 * HOUR, 24 * HOUR],
        permanent: false,
      },
    ],
  },
  {
    key: 'github',
    name: 'GitHub',
    description: 'Source code and reviews.',
    category: 'Developer tools',
    owner: 'owner',
    roles: [
      {
        key: 'developer',
        name: 'Developer',
        description: 'Read and write the product repositories.',
        risk: 'sensitive',
        approver: 'owner',
        groups: ['github-users', 'github-developers'],
        durations: [8 * HOUR, 24 * HOUR, 30 * 24 * HOUR],
        permanent: true,
      },
    ],
  },
  {
    key: 'salesforce',
    name: 'Salesforce',
    description: 'Customers, offers and forecasts.',
    category: 'Sales',
    owner: 'owner',
    roles: [
      {
        key: 'sales-user',
        name: 'Sales user',
        description: 'Work with accounts and offers.',
        risk: 'routine',
        approver: { person: 'named' },
        groups: ['salesforce-users'],
        durations: [],
        permanent: true,
      },
    ],
  },
  {
    key: 'bigquery',
    name: 'BigQuery',
    description: 'The company data warehouse.',
    category: 'Analytics',
    owner: 'owner',
    roles: [
      {
        key: 'analyst',
        name: 'Analyst',
        description: 'Query the reporting data sets.',
        risk: 'sensitive',
        approver: 'owner',
        groups: ['bigquery-users', 'bigquery-analysts'],
        durations: [8 * HOUR, 24 * HOUR, 7 * 24 * HOUR],
        permanent: false,
      },
    ],
  },
  {
    key: 'datadog',
    name: 'Datadog',
    description: 'Metrics, logs and alerts.',
    category: 'Monitoring',
    owner: 'owner',
    roles: [
      {
        key: 'operator',
        name: 'Operator',
        description: 'Silence alerts and change monitors.',
        risk: 'sensitive',
        approver: 'owner',
        groups: ['datadog-users', 'datadog-admin-app'],
        durations: [HOUR, 8 * HOUR, 24 * HOUR],
        permanent: false,
      },
    ],
  },
  {
    key: 'statuspage',
    name: 'Statuspage',
    description: 'Public incident updates.',
    category: 'Communication',
    owner: 'owner',
    roles: [
      {
        key: 'editor',
        name: 'Editor',
        description: 'Publish incident updates with designs.',
        risk: 'sensitive',
        approver: 'manager',
        groups: ['figma-editors'],
        durations: [HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR],
        permanent: false,
      },
    ],
  },
  {
    key: 'legacy-crm',
    name: 'Legacy CRM',
    description: 'The old customer records, read only.',
    category: 'Sales',
    owner: 'owner',
    roles: [
      {
        key: 'user',
        name: 'User',
        description: 'Look up old customer records.',
        risk: 'routine',
        approver: 'owner',
        groups: ['legacy-crm-users'],
        durations: [24 * HOUR],
        permanent: true,
      },
    ],
  },
];

const plain = (directory: DirectoryName, key: string, name: string, description: string) => ({
  key,
  directory,
  name,
  description,
  kind: 'plain' as const,
});

export const STORY_GROUPS: readonly GroupPlan[] = [
  plain('okta', 'figma-viewers', 'Figma Viewers', 'Open design files in Figma'),
  plain('okta', 'figma-editors', 'Figma Editors', 'Edit design files in Figma'),
  plain('okta', 'github-users', 'GitHub Users', 'Sign in to GitHub'),
  plain('okta', 'github-developers', 'GitHub Developers', 'Write to product repositories'),
  plain('entra', 'salesforce-users', 'Salesforce Users', 'Sign in to Salesforce'),
  plain('google', 'bigquery-users', 'BigQuery Users', 'Open the BigQuery console'),
  plain('google', 'bigquery-analysts', 'BigQuery Analysts', 'Query the reporting data sets'),
  plain('okta', 'datadog-users', 'Datadog Users', 'Sign in to Datadog'),
  // Writable here; a story lets the application take it over, and then it is not.
  plain('okta', 'datadog-admin-app', 'Datadog Admin App', 'Change monitors in Datadog'),
  {
    key: 'legacy-crm-users',
    directory: 'okta',
    name: 'Legacy CRM Users',
    description: 'Filled by a rule: everyone in Sales',
    kind: 'rule',
  },
];
