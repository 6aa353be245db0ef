/** A real browser that comes with npm; `CHROME` names another one. */
import { mkdirSync } from 'node:fs';
import chromium from '@sparticuz/chromium';
import { type Browser, type Page, chromium as playwright } from 'playwright-core';

const SHOTS = '.cache/screenshots';

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROME'] ?? (await chromium.executablePath());
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const args = [
    '--no-sandbox',
    '--no-zygote',
    '--disable-gpu',
    '--no-first-run',
    '--headless=shell',
  ];
  return playwright.launch({ executablePath, args: [...args, ...quiet], headless: true });
}

/** Kept for whoever wants to look; a test never compares pixels. */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${SHOTS}/${name}-${colorScheme}.png`, fullPage: true });
  }
}

/** Through the site's own sign-in page. */
export async function signIn(page: Page, site: string, name: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto(`${site}/signin`);
  await page
    .locator('tr, li, form', { hasText: name })
    .getByRole('button', { name: 'Sign in' })
    .first()
    .click();
}
