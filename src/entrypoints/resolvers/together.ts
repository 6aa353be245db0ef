/** Several roles in one go; each request is filed for whoever calls. */
import { togetherInput } from '../../contracts/together';
import { type Right, type Row, row } from './dispatch';

export const togetherRows = (anyone: Right): [string, Row][] => [
  [
    'requests.together',
    row(togetherInput, anyone, async (app, asked, by) =>
      (await import('../../requests/together')).askTogether(app, asked, by.accountId),
    ),
  ],
];
