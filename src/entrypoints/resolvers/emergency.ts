/**
 * What is called for when it is urgent: revoke one access, stop a person or an app, review a
 * break-glass use. Loaded when it is called for, so that no other function pays for it.
 */
import { nothing } from '../../contracts/admin';
import * as input from '../../contracts/emergency';
import { type Row, row } from './dispatch';
import { operator, ownerOf } from './rights';

/** Whoever asks must be the owner of the app that is meant, or an operator. */
const ofTarget = ownerOf((payload) => {
  const asked = input.stopTarget.safeParse((payload as { target?: unknown } | null)?.target);
  return asked.success && asked.data.kind === 'app' ? asked.data.app : undefined;
});

export const killRows: [string, Row][] = [
  ['kill.list', row(nothing, operator, async (app) => (await kill()).listKills(app))],
  [
    'kill.preview',
    row(input.stopPreview, ofTarget, async (app, { target }) =>
      (await kill()).previewKill(app, target),
    ),
  ],
  [
    'kill.run',
    row(input.stopRun, ofTarget, async (app, ask, by) =>
      (await kill()).startKill(app, ask, by.accountId),
    ),
  ],
  [
    'kill.read',
    row(input.stopPreview, ofTarget, async (app, { target }) =>
      (await kill()).followKill(app, target),
    ),
  ],
  [
    'kill.lift',
    row(input.stopLift, ofTarget, async (app, ask, by) =>
      (await kill()).liftKill(app, ask, by.accountId),
    ),
  ],
];

/** Each finds out by itself who the caller is to the request; there is no right beforehand. */
const anyone = async () => undefined;

export const urgentRows: [string, Row][] = [
  [
    'grants.revoke',
    row(input.revokeInput, anyone, async (app, ask, by) =>
      (await import('../../grants/quick-revoke')).quickRevoke(app, ask, by.accountId),
    ),
  ],
  [
    'grants.review',
    row(input.reviewInput, anyone, async (app, ask, by) =>
      (await import('../../grants/review-verdict')).reviewGrant(app, ask, by.accountId),
    ),
  ],
];

const kill = () => import('../../grants/kill');
