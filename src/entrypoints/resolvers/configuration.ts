/**
 * What changes or judges much of the configuration at once. Loaded when it is called for: its many
 * schemas would cost every function of the app its start.
 */
import { confirmRole } from '../../catalog/confirm';
import { listLint } from '../../catalog/lint';
import { nothing } from '../../contracts/admin';
import * as input from '../../contracts/configuration';
import { startJob } from '../../jobs/job';
import { type Right, type Row, row } from './dispatch';

export const configurationRows = (administrator: Right): [string, Row][] => [
  [
    'roles.confirm',
    row(input.roleConfirmation, administrator, (app, one, by) =>
      confirmRole(app, one, by.accountId),
    ),
  ],
  ['lint.list', row(input.lintPage, administrator, (app, page) => listLint(app, page))],
  [
    'lint.start',
    row(nothing, administrator, async (app, _, by) => ({
      ok: true,
      value: await startJob(app, 'lint', 'site', { by: by.accountId }),
    })),
  ],
  [
    'catalog.bulk',
    row(input.bulkInput, administrator, async (app, given, by) =>
      (await import('../../catalog/bulk')).bulkChange(app, given, by.accountId),
    ),
  ],
  [
    'import.csv',
    row(input.csvInput, administrator, async (app, given, by) =>
      (await import('../../catalog/import-table')).importTable(app, given, by.accountId),
    ),
  ],
  [
    'configuration.import',
    row(input.fileInput, administrator, async (app, given, by) =>
      (await import('../../catalog/import-file')).importFile(app, given, by.accountId),
    ),
  ],
  [
    'configuration.export',
    row(nothing, administrator, async (app) =>
      (await import('../../catalog/export')).exportConfiguration(app),
    ),
  ],
  [
    'changes.list',
    row(input.setList, administrator, async (app, page) =>
      (await changeset()).listSets(app, page?.cursor),
    ),
  ],
  [
    'changes.read',
    row(input.setPage, administrator, async (app, page) => (await changeset()).readSet(app, page)),
  ],
  [
    'changes.check',
    row(input.setRef, administrator, async (app, { id }, by) =>
      (await changeset()).checkSet(app, id, by.accountId),
    ),
  ],
  [
    'changes.apply',
    row(input.setRef, administrator, async (app, { id }, by) =>
      (await changeset()).applySet(app, id, by.accountId),
    ),
  ],
  [
    'changes.undo',
    row(input.setRef, administrator, async (app, { id }, by) =>
      (await changeset()).undoSet(app, id, by.accountId),
    ),
  ],
];

const changeset = () => import('../../catalog/changeset');
