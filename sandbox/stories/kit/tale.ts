/** What a story tells: who did what, what came back, and each promise that was looked at. */

export interface Check {
  readonly said: string;
  readonly ok: boolean;
  /** What was there instead. */
  readonly found?: string;
}

export type Line =
  | { readonly kind: 'step'; readonly at: string; readonly who: string; readonly did: string }
  | { readonly kind: 'came-back'; readonly text: string }
  | ({ readonly kind: 'check' } & Check);

export class Tale {
  readonly lines: Line[] = [];
  readonly #say: (line: string) => void;
  /** Virtual time, ISO-8601; kept up to date by whoever moves the clock. */
  now = '';

  constructor(say: (line: string) => void = () => {}) {
    this.#say = say;
  }

  step(who: string, did: string): void {
    this.#add({ kind: 'step', at: this.now, who, did });
  }

  cameBack(text: string): void {
    this.#add({ kind: 'came-back', text });
  }

  check(said: string, ok: boolean, found?: unknown): boolean {
    const what = found === undefined ? {} : { found: shown(found) };
    this.#add({ kind: 'check', said, ok, ...(ok ? {} : what) });
    return ok;
  }

  get checks(): Check[] {
    return this.lines.flatMap((line) => (line.kind === 'check' ? [line] : []));
  }

  get broken(): Check[] {
    return this.checks.filter(({ ok }) => !ok);
  }

  #add(line: Line): void {
    this.lines.push(line);
    this.#say(written(line));
  }
}

function written(line: Line): string {
  switch (line.kind) {
    case 'step':
      return `  ${line.at.slice(11, 19)}  ${line.who} ${line.did}`;
    case 'came-back':
      return line.text.replaceAll(/^/gm, '            ');
    case 'check':
      return `         ${line.ok ? '✓' : '✗'} ${line.said}${line.found === undefined ? '' : `\n             found: ${line.found}`}`;
  }
}

const shown = (found: unknown): string =>
  (typeof found === 'string' ? found : (JSON.stringify(found) ?? 'nothing')).slice(0, 600);
