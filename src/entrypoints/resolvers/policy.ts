/** The policy as a document, tried and rehearsed; loaded when it is called for, as its schemas are many. */
import { nothing } from '../../contracts/admin';
import * as input from '../../contracts/policy-changes';
import { startJob } from '../../jobs/job';
import { type Right, type Row, row } from './dispatch';

const documents = () => import('../../policy/documents');
const draft = () => import('../../policy/draft');
const proposals = () => import('../../policy/proposals');

export const policyRows = (administrator: Right): [string, Row][] => [
  ['policy.read', row(nothing, administrator, async (app) => (await documents()).readPolicy(app))],
  [
    'policy.save',
    row(input.policyInput, administrator, async (app, given, by) =>
      (await documents()).savePolicy(app, given, by.accountId),
    ),
  ],
  [
    'policy.compare',
    row(input.policyInput, administrator, async (app, given, by) =>
      (await documents()).comparePolicy(app, given, by.accountId),
    ),
  ],
  ['policy.draft', row(nothing, administrator, async (app) => (await draft()).readDraft(app))],
  [
    'policy.draft.save',
    row(input.policyInput, administrator, async (app, given, by) =>
      (await draft()).saveDraft(app, given, by.accountId),
    ),
  ],
  [
    'policy.draft.discard',
    row(nothing, administrator, async (app, _, by) =>
      (await draft()).discardDraft(app, by.accountId),
    ),
  ],
  [
    'policy.shadow',
    row(input.shadowInput, administrator, async (app, { on }, by) =>
      (await draft()).setShadow(app, on, by.accountId),
    ),
  ],
  [
    'policy.preview',
    row(input.previewInput, administrator, async (app, ask) =>
      (await import('../../policy/preview')).tryPolicy(app, ask),
    ),
  ],
  [
    'policy.rehearse',
    row(input.rehearsalInput, administrator, async (app, mark, by) => ({
      ok: true,
      value: await startJob(app, 'policy-rehearsal', 'site', { by: by.accountId, mark }),
    })),
  ],
  [
    'policy.sign-off',
    row(input.signOffInput, administrator, async (app, ask, by) =>
      (await import('../../policy/sign-off')).signOff(app, ask, by.accountId),
    ),
  ],
  [
    'policy.proposals',
    row(nothing, administrator, async (app) => (await proposals()).listProposals(app)),
  ],
  [
    'policy.confirm',
    row(input.proposalRef, administrator, async (app, ref, by) =>
      (await proposals()).confirmProposal(app, ref, by.accountId),
    ),
  ],
  [
    'policy.discard',
    row(input.proposalRef, administrator, async (app, ref, by) =>
      (await proposals()).discardProposal(app, ref, by.accountId),
    ),
  ],
];
