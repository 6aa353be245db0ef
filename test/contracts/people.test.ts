import { describe, expect, test } from 'vitest';
import { siteInput } from '../../src/contracts/admin';
import { managedDomains } from '../../src/contracts/people';

describe('the domains that the company manages', { tags: ['email-mismatch'] }, () => {
  test.each(['acme.example', 'ACME.Example', ' mail.acme.example ', 'xn--bcher-kva.example'])(
    '%s is taken, in lower case',
    (domain) => {
      const parsed = managedDomains.safeParse([domain]);
      expect(parsed.data).toEqual([domain.trim().toLowerCase()]);
    },
  );

  test.each([
    'example',
    '*.acme.example',
    '@acme.example',
    'ann@acme.example',
    'acme..example',
    '.acme.example',
    'acme.example.',
    'https://acme.example',
    'b\u00fccher.example',
    '\u0430cme.example',
    '-acme.example',
    '',
  ])('%s is refused', (domain) => {
    expect(managedDomains.safeParse([domain]).success).toBe(false);
  });

  test('stay as they are when they are not sent', () => {
    const parsed = siteInput.safeParse({ timeZone: 'UTC', paused: false });
    expect(parsed.data).not.toHaveProperty('managedDomains');
  });
});
