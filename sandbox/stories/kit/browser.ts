/** A person at a browser: signs in, reads pages, sends their forms. */
import { demand, send } from './http';
import type { Jira } from './jira';
import type { Tale } from './tale';

export class Browser {
  readonly #who: string;
  readonly #jira: Jira;
  readonly #tale: Tale;
  #cookie = '';

  constructor(who: string, jira: Jira, tale: Tale) {
    this.#who = who;
    this.#jira = jira;
    this.#tale = tale;
  }

  /** Starts at the front door, as somebody who was never here. */
  async signIn(): Promise<void> {
    const front = await send('GET', `${this.#jira.url}/`);
    demand(front, 303, 'the front door');
    await this.open('/signin');
    const sent = await send('POST', `${this.#jira.url}/signin`, { form: { person: this.#who } });
    demand(sent, 303, 'signing in');
    this.#cookie = (sent.headers['set-cookie'] ?? []).map((c) => c.split(';')[0]).join('; ');
    this.#tale.step(this.#who, 'signs in');
  }

  async open(path: string): Promise<string> {
    const headers = { cookie: this.#cookie, accept: 'text/html' };
    return demand(await send('GET', this.#jira.url + path, { headers }), 200, path).text;
  }

  /** Sends a form that a page offered, and answers where it led. */
  async press(path: string, form: Readonly<Record<string, string>>, what: string): Promise<string> {
    this.#tale.step(this.#who, what);
    const headers = { cookie: this.#cookie, accept: 'text/html' };
    const sent = await send('POST', this.#jira.url + path, { headers, form });
    return demand(sent, 303, what).headers.location ?? '/';
  }
}

/** Where the first form or link leads whose address fits. */
export function addressIn(page: string, kind: 'action' | 'href', fits: RegExp): string | undefined {
  return [...page.matchAll(new RegExp(`${kind}="([^"]+)"`, 'g'))]
    .map(([, address = '']) => address)
    .find((address) => fits.test(address));
}
