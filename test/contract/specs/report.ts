/** A report for whoever reads the output of a run. */
import { lineOf, type Report } from './conformance';

export function inWords({ apis, undescribed, violations, reviewed }: Report): string {
  const lines = Object.entries(apis).map(
    ([api, { calls, requests, responses, faulted }]) =>
      `  ${api.padEnd(14)} ${String(calls || responses).padStart(6)} calls, ${requests} requests and ` +
      `${responses} answers checked${faulted > 0 ? `, ${faulted} answers were injected faults` : ''}`,
  );
  const none = Object.entries(undescribed).map(
    ([what, n]) => `  ${String(n).padStart(21)} ${what}: no official description`,
  );
  const known = [...reviewed].map(
    ([{ api, why }, n]) => `  ${String(n).padStart(6)} × ${api}: ${why}`,
  );
  const found = new Map<string, number>();
  for (const violation of violations) {
    const line = `${violation.api}: ${lineOf(violation)}`.replaceAll(/\/\d+/g, '/…');
    found.set(line, (found.get(line) ?? 0) + 1);
  }
  return [
    'Calls against the official API descriptions',
    ...lines,
    ...none,
    `Reviewed errors of the descriptions that were met: ${known.length}`,
    ...known,
    `Violations: ${violations.length}`,
    ...[...found].map(([line, n]) => `  ${String(n).padStart(6)} × ${line}`),
  ].join('\n');
}
