/**
 * Jira's three rate limits, in virtual time.
 * https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
import { SiteError } from './errors';

/** Requests per second and endpoint, by method. */
const BURST: Record<string, number> = { GET: 100, POST: 100, PUT: 50, DELETE: 50 };
const BURST_OVERRIDES: Record<string, number> = {
  'GET /rest/api/3/issue/:issue': 150,
  'GET /rest/api/3/user': 150,
  'GET /rest/api/3/user/email': 200,
  'GET /rest/api/3/issue/:issue/changelog': 200,
};
const PER_ISSUE = [
  { limit: 20, windowMs: 2000 },
  { limit: 100, windowMs: 30_000 },
];
/** Points an app may spend in one hour, shared by everybody who installed it. */
const POINTS_PER_HOUR = 65_000;
const HOUR_MS = 3_600_000;

interface Bucket {
  tokens: number;
  at: number;
}

export class Limits {
  readonly #now: () => number;
  #buckets = new Map<string, Bucket>();
  #writes = new Map<string, number[]>();
  #points = { hour: 0, spent: 0 };

  constructor(now: () => number) {
    this.#now = now;
  }

  clear(): void {
    this.#buckets.clear();
    this.#writes.clear();
    this.#points = { hour: 0, spent: 0 };
  }

  /** Points spent in the running hour. */
  spent(): number {
    return this.#points.spent;
  }

  /** One more request of `method pattern`. */
  request(endpoint: string): void {
    const now = this.#now();
    const size = BURST_OVERRIDES[endpoint] ?? BURST[endpoint.split(' ')[0] ?? ''] ?? 100;
    const bucket = this.#buckets.get(endpoint) ?? { tokens: size, at: now };
    const tokens = Math.min(size, bucket.tokens + ((now - bucket.at) / 1000) * size);
    if (tokens < 1) {
      this.#buckets.set(endpoint, { tokens, at: now });
      throw limited('jira-burst-based', size, now + 1000, now);
    }
    this.#buckets.set(endpoint, { tokens: tokens - 1, at: now });
  }

  write(issueId: string): void {
    const now = this.#now();
    const longest = Math.max(...PER_ISSUE.map((rule) => rule.windowMs));
    const recent = (this.#writes.get(issueId) ?? []).filter((at) => at > now - longest);
    for (const { limit, windowMs } of PER_ISSUE) {
      const inWindow = recent.filter((at) => at > now - windowMs);
      if (inWindow.length < limit) continue;
      this.#writes.set(issueId, recent);
      throw limited('jira-per-issue-on-write', limit, (inWindow[0] ?? now) + windowMs, now);
    }
    recent.push(now);
    this.#writes.set(issueId, recent);
  }

  /** Called with the cost of what an app was just given. */
  spend(points: number): void {
    const hour = Math.floor(this.#now() / HOUR_MS);
    if (hour !== this.#points.hour) this.#points = { hour, spent: 0 };
    this.#points.spent += points;
  }

  demandPoints(): void {
    const now = this.#now();
    const hour = Math.floor(now / HOUR_MS);
    if (hour === this.#points.hour && this.#points.spent >= POINTS_PER_HOUR) {
      throw limited('jira-quota-global-based', POINTS_PER_HOUR, (hour + 1) * HOUR_MS, now);
    }
  }
}

function limited(reason: string, limit: number, resetAt: number, now: number): SiteError {
  const seconds = Math.max(1, Math.ceil((resetAt - now) / 1000));
  return new SiteError(429, 'Rate limit exceeded.', {
    headers: {
      'Retry-After': String(seconds),
      'X-RateLimit-Limit': String(limit),
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': new Date(resetAt).toISOString(),
      'RateLimit-Reason': reason,
    },
  });
}
