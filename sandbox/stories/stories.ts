/** Every story there is, in the order in which they are told. */

import { autoApprovedLowRisk } from './auto-approved-low-risk';
import { crashAfterDirectoryCall } from './crash-after-directory-call';
import { declined } from './declined';
import { directoryDownAtExpiry } from './directory-down-at-expiry';
import type { Story } from './kit/story';
import { oktaTimeBound } from './okta-time-bound';
import { statusWithoutConsent } from './status-without-consent';

export const STORIES: readonly Story[] = [
  oktaTimeBound,
  autoApprovedLowRisk,
  declined,
  statusWithoutConsent,
  directoryDownAtExpiry,
  crashAfterDirectoryCall,
];
