/** What changes or judges much of the configuration at once. */
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
];
