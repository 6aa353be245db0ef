/**
 * The app as stories meet it: set up, and with its first night behind it, in which it reads all
 * directories. Otherwise each story that lets more than an hour pass would pay for that night.
 */

import type { Sandbox } from '../../whole';
import { seedApp } from '../../world/seed-app';

const FIRST_HOUR_AND_MORE = 70 * 60_000;

export async function setTheStage(sandbox: Sandbox): Promise<void> {
  await seedApp(sandbox);
  await sandbox.clock.settle();
  await sandbox.clock.advance(FIRST_HOUR_AND_MORE);
}
