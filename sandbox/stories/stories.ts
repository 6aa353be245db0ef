/** Every story there is, in the order in which they are told. */
import type { Story } from './kit/story';
import { oktaTimeBound } from './okta-time-bound';

export const STORIES: readonly Story[] = [oktaTimeBound];
