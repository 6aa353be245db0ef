/** Who somebody is, who left and who moved. */
import { linkInput } from '../../contracts/admin';
import * as input from '../../contracts/people';
import { listMismatches, listMovers, searchPerson } from '../../people/lists';
import { confirmGone } from '../../people/unseen';
import { listLinks, removeLink, saveLink } from '../../requests/link';
import { type Right, type Row, row } from './dispatch';

export const personRows = (administrator: Right): [string, Row][] => [
  [
    'links.save',
    row(linkInput, administrator, (app, link, by) => saveLink(app, link, by.accountId)),
  ],
  [
    'links.remove',
    row(input.linkRef, administrator, (app, link, by) => removeLink(app, link, by.accountId)),
  ],
  ['links.list', row(input.peoplePage, administrator, (app, page) => listLinks(app, page?.cursor))],
  [
    'people.mismatches',
    row(input.peoplePage, administrator, (app, page) => listMismatches(app, page?.cursor)),
  ],
  [
    'people.movers',
    row(input.peoplePage, administrator, (app, page) => listMovers(app, page?.cursor)),
  ],
  [
    'people.confirm-gone',
    row(input.goneRef, administrator, (app, ask, by) =>
      confirmGone(app, ask.connection, by.accountId),
    ),
  ],
  [
    'people.search',
    row(input.personSearch, administrator, (app, ask) =>
      searchPerson(app, ask.connection, ask.email),
    ),
  ],
];
