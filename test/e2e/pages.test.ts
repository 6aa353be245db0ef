import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type RunningSandbox } from '../../sandbox/sandbox';
import { seedApp } from '../../sandbox/world/seed-app';
import { openBrowser, shoot, signIn } from './browser';

let running: RunningSandbox;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  running = await createSandbox({ port: 0, appDir: '.', seedApp });
  browser = await openBrowser();
  page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
});

const name = (key: string): string => {
  const person = running.sandbox.world.people.find((one) => one.key === key);
  return `${person?.given} ${person?.family}`;
};
const as = (key: string) => signIn(page, running.addresses.jira, name(key));
const settle = () => running.sandbox.clock.settle();
const members = () =>
  running.sandbox.directories.okta
    .memberships()
    .filter((m) => m.group === 'figma-editors')
    .map((m) => m.person);

async function ask(app: string, role: string, duration: string): Promise<string> {
  await page.goto(`${running.addresses.jira}/servicedesk/customer/portals`);
  await page.getByText('Request access to an app').first().click();
  await page.getByLabel('What do you need?').fill(`Access to ${app}`);
  await page.getByLabel('App', { exact: true }).fill(app);
  await page.getByLabel('Role').fill(role);
  await page.getByLabel('Duration').fill(duration);
  await page.getByLabel('Why do you need it?').fill('Prototype for the spring launch');
  await shoot(page, `ask-${app}`);
  await page.getByRole('button', { name: 'Send' }).click();
  await settle();
  await page.reload();
  return page.url();
}

describe('a person in the browser', () => {
  it('asks in the portal, has it approved, sees it granted and sees it end', async () => {
    await as('requester');
    const request = await ask('Figma', 'Editor', '6 hours');
    await shoot(page, 'waiting');
    const waiting = await page.textContent('body');
    expect(waiting).toContain('Waiting for approval');
    expect(waiting).toContain('Who may decide');
    expect(waiting).toContain(name('manager'));

    await as('manager');
    await page.goto(request);
    await shoot(page, 'to-approve');
    await page.getByRole('button', { name: 'Approve' }).click();
    await settle();
    expect(members()).toContain('requester');

    await as('requester');
    await page.goto(request);
    await shoot(page, 'granted');
    expect(await page.textContent('body')).toContain('Access granted: Editor in Figma');

    await running.sandbox.clock.advance(6 * 3_600_000 + 60_000);
    await settle();
    expect(members()).not.toContain('requester');
    await page.reload();
    await shoot(page, 'ended');
    expect(await page.textContent('body')).toContain('Access ended: Editor in Figma');
  });

  it('shows internal details to the service team and never to the customer', async () => {
    await as('requester');
    const request = await ask('Figma', 'Editor', '6 hours');
    expect(await page.textContent('body')).not.toContain('Digest');
    await as('agent');
    await page.goto(`${running.addresses.jira}/browse/${request.split('/').at(-1)}`);
    await shoot(page, 'issue-view');
    expect(await page.textContent('body')).toContain('Digest');
  });
});
