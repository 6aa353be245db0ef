import { describe, expect, it } from 'vitest';
import { aSite } from './fixture';

describe('rate limits', () => {
  it('let one issue take twenty writes in two seconds', async () => {
    const { aRequest, call, clock } = aSite();
    const [issue, other] = [await aRequest(), await aRequest()];
    const write = (key: string, n: number) =>
      call('app', 'PUT', `/rest/api/3/issue/${key}/properties/p`, { n });
    for (let n = 0; n < 20; n++) expect((await write(issue, n)).status).toBeLessThan(300);
    const refused = await write(issue, 20);
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject({
      'RateLimit-Reason': 'jira-per-issue-on-write',
      'X-RateLimit-Limit': '20',
      'X-RateLimit-Remaining': '0',
    });
    expect(Number(refused.headers?.['Retry-After'])).toBeGreaterThan(0);
    expect((await write(other, 0)).status).toBe(201);
    await clock.advance(2000);
    expect((await write(issue, 21)).status).toBe(200);
  });

  it('refuse a burst on one endpoint only', async () => {
    const { call } = aSite();
    const statuses = new Set<number>();
    for (let n = 0; n < 400; n++) {
      statuses.add((await call('app', 'GET', '/rest/api/3/field')).status);
    }
    expect(statuses).toContain(429);
    expect((await call('app', 'GET', '/rest/api/3/serverInfo')).status).toBe(200);
  });

  it('stop an app that has spent its points until the hour ends, and people never', async () => {
    const { call, clock, person } = aSite();
    const ids = Array.from({ length: 200 }, () => `accountId=${person('requester').accountId}`);
    const path = `/rest/api/3/user/bulk?maxResults=200&${ids.join('&')}`;
    for (let n = 0; n < 164; n++) {
      await call('app', 'GET', path);
      if (n % 40 === 39) await clock.advance(1000);
    }
    const refused = await call('app', 'GET', '/rest/api/3/myself');
    expect(refused.status).toBe(429);
    expect(refused.headers?.['RateLimit-Reason']).toBe('jira-quota-global-based');
    expect((await call('agent', 'GET', '/rest/api/3/myself')).status).toBe(200);
    await clock.advance(3_600_000);
    expect((await call('app', 'GET', '/rest/api/3/myself')).status).toBe(200);
  });
});
