const UNIT_MS = { s: 1000, m: 60_000, h: 3600_000, d: 24 * 3600_000 } as const;

/** Milliseconds of `90s`, `15m`, `6h`, `2d` or a row of them such as `1h30m`. */
export function durationMs(text: string): number {
  if (!/^(\d+(\.\d+)?[smhd])+$/.test(text)) {
    throw new Error(`"${text}" is no duration; write it like 90s, 15m, 6h, 2d or 1h30m`);
  }
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([smhd])/g)) {
    sum += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return sum;
}
