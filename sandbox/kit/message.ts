/** What goes into a simulated server and what comes out. */
export interface Req {
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  readonly rawPath: string;
  readonly host: string;
  readonly params: Record<string, string>;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** The parsed JSON body; throws `BadJson` when it is not JSON. */
  json(): unknown;
  /** Set by the Forge host for calls that came out of a function. */
  readonly invocation: string | undefined;
  /** Whatever the in-process caller vouches for (the Forge host passes the principal). */
  readonly trusted: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly text?: string;
  readonly type?: string;
}

export type Handler = (req: Req) => Reply | Promise<Reply>;

export interface Call {
  method: string;
  /** Path with query. */
  target: string;
  host: string;
  headers?: Record<string, string>;
  body?: string;
  trusted?: unknown;
}
