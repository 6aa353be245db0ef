/** Server-rendered HTML: a template tag that escapes, and the frame around every page. */
import type { Reply } from '../../kit/message';
import { html as htmlReply } from '../../kit/routes';
import type { SiteCall } from '../door';
import { isAgent } from '../permissions';
import { STYLE } from './style';

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | null | false | readonly Part[];

/** Everything put in is escaped unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((s, i) => s + (i < parts.length ? shown(parts[i]) : '')).join(''));
}

function shown(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(shown).join('');
  return String(part)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An empty icon, or the browser asks for one that does not exist. */
const head = (title: string): Markup => html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>`;

/** For errors, where nobody may be signed in. */
export const barePage = (title: string, body: Markup, status: number): Reply =>
  htmlReply(
    html`<!doctype html>
<html lang="en"><head>${head(title)}</head><body><main><h1>${title}</h1>${body}</main></body></html>`
      .text,
    status,
  );

export function document(call: SiteCall, title: string, body: Markup): Reply {
  const { account } = call.caller;
  const agent = isAgent(call.caller);
  return htmlReply(
    html`<!doctype html>
<html lang="en">
<head>
${head(`${title} – ${call.site.name}`)}
</head>
<body>
<header><nav aria-label="Site">
<a class="brand" href="/servicedesk/customer/portals">${call.site.name}</a>
${account && html`<a href="/servicedesk/customer/user/requests">My requests</a>`}
${agent && html`<a href="/jira/projects">Projects</a>`}
<span class="grow"></span>
${account ? html`<span>${account.displayName}</span> <a href="/signin">Switch person</a>` : html`<a href="/signin">Sign in</a>`}
</nav></header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`.text,
  );
}

export const redirect = (to: string, headers: Record<string, string> = {}): Reply => ({
  status: 303,
  headers: { location: to, ...headers },
});

export const form = (call: SiteCall): URLSearchParams => new URLSearchParams(call.req.body);

export const moment = (at: number): Markup => {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
};

const TONES = { new: 'tone-new', indeterminate: 'tone-progress', done: 'tone-done' } as const;

export const lozenge = (text: string, category: keyof typeof TONES): Markup =>
  html`<span class="lozenge ${TONES[category]}">${text}</span>`;
