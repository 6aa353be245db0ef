import { type Instant, instant, plusSeconds } from '../../src/shared/instant';

/** A Monday morning; every builder counts from it. */
export const NOW: Instant = instant(Date.parse('2026-03-02T09:00:00Z'));
export const at = (seconds: number): Instant => plusSeconds(NOW, seconds);
