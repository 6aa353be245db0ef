/** The app's one clock. */
import { instant } from '../shared/instant';
import type { Clock } from './ports';

export const systemClock: Clock = { now: () => instant(Date.now()) };
