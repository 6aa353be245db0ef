/** Registers pages: whoever is not signed in is sent to sign in, errors become pages. */
import type { Reply, Req } from '../../kit/message';
import type { Door, SiteHandler } from '../door';
import type { SiteError } from '../errors';
import { platformError } from '../errors';
import { barePage, html, redirect } from './markup';

export class Pages {
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
  }

  on(method: string, pattern: string, handle: SiteHandler): void {
    this.#door.page(method, pattern, handle, failed);
  }
}

export const sendsJson = (req: Req): boolean =>
  (req.headers['content-type'] ?? '').startsWith('application/json');

function failed(error: SiteError, req: Req): Reply {
  if (sendsJson(req)) return platformError(error);
  if (error.status === 401) return redirect('/signin');
  const told = [...error.messages, ...Object.values(error.fields)];
  return barePage(
    'This was not possible',
    html`${told.map((line) => html`<p>${line}</p>`)}<p><a href="/servicedesk/customer/portals">Back to the portal</a></p>`,
    error.status,
  );
}
