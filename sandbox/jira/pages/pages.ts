/** Registers pages: whoever is not signed in is sent to sign in, errors become pages. */
import type { Reply, Req } from '../../kit/message';
import { html as htmlReply } from '../../kit/routes';
import type { Door, SiteHandler } from '../door';
import type { SiteError } from '../errors';
import { platformError } from '../errors';
import { html, redirect } from './markup';

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
  return htmlReply(
    html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not possible</title></head>
<body><main><h1>This was not possible</h1>${told.map((line) => html`<p>${line}</p>`)}
<p><a href="/servicedesk/customer/portals">Back to the portal</a></p></main></body></html>`.text,
    error.status,
  );
}
