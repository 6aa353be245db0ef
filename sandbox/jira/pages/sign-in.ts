/** Signing in as anybody of the company: the sandbox asks for no password here. */
import type { SiteCall } from '../door';
import { SESSION_COOKIE, tokenOf } from '../door';
import { SiteError } from '../errors';
import type { Account } from '../people';
import { document, form, html, redirect } from './markup';
import type { Pages } from './pages';

const SHOWN_OTHERS = 40;

export function signInPages(pages: Pages): void {
  pages.on('GET', '/signin', show);
  pages.on('POST', '/signin', (call) => {
    const account = call.site.people.login(form(call).get('person') ?? '');
    if (!account?.active) throw new SiteError(400, 'Nobody active has this name.');
    return redirect('/servicedesk/customer/user/requests', {
      'set-cookie': `${SESSION_COOKIE}=${encodeURIComponent(account.accountId)}; Path=/; HttpOnly; SameSite=Lax`,
    });
  });
  pages.on('GET', '/', (call) =>
    redirect(call.caller.account ? '/servicedesk/customer/portals' : '/signin'),
  );
}

function show(call: SiteCall) {
  const query = (call.req.query.get('query') ?? '').toLowerCase();
  const people = call.site.people
    .all()
    .filter((a) => `${a.displayName} ${a.key} ${a.email}`.toLowerCase().includes(query));
  const cast = people.filter((account) => !/^p\d+$/.test(account.key ?? ''));
  const others = people.filter((account) => /^p\d+$/.test(account.key ?? ''));
  return document(
    call,
    'Sign in as',
    html`<form method="get" action="/signin"><label for="query">Find a person</label>
<input type="text" id="query" name="query" value="${query}"><button>Search</button></form>
<h2>People of the stories</h2>
${table(cast)}
<h2>Everybody else</h2>
${table(others.slice(0, SHOWN_OTHERS))}
${others.length > SHOWN_OTHERS && html`<p class="meta">${others.length - SHOWN_OTHERS} more; search to find them.</p>`}`,
  );
}

const table = (people: readonly Account[]) => html`<table>
<thead><tr><th>Person</th><th>Name for API calls</th><th>API token</th><th>Kind</th><th></th></tr></thead>
<tbody>${people.map(
  (account) => html`<tr>
<td>${account.displayName}</td><td>${account.key}</td><td><code>${tokenOf(account.key ?? '')}</code></td>
<td>${kindOf(account)}</td>
<td>${
    account.active
      ? html`<form class="inline" method="post" action="/signin"><input type="hidden" name="person" value="${account.key}"><button aria-label="Sign in as ${account.displayName}">Sign in</button></form>`
      : 'deactivated'
  }</td></tr>`,
)}</tbody></table>`;

function kindOf(account: Account): string {
  if (account.accountType === 'customer') return 'portal-only customer';
  if (account.roles.length > 0) return account.roles.join(', ');
  return account.licensed ? 'licensed' : 'customer';
}
