/** What the credential may do beyond need. */
import type { Failure } from '../../shared/result';
import type { CheckLine } from '../directory';
import { powerLine } from '../self-test';
import { user } from './schemas';
import { MORE_THAN_NEEDED, TOO_MUCH } from './scopes';
import type { TestDeps, TestParts } from './self-test-parts';
import { googleToken } from './token';

const NAMING = { id: 'power', name: 'What else the credential may do' };
const BETTER =
  'Better: assign a role of its own to the service account, under Account > Admin roles, and leave the administrator to act for empty.';

export async function powerOf(parts: TestParts, deps: TestDeps): Promise<CheckLine> {
  const { credential, google } = parts;
  const { subject } = credential;
  if (subject === undefined) {
    return {
      ...NAMING,
      state: 'not-tested',
      sentence:
        'The service account acts by a role of its own, which is the safer way; the app cannot read what else that role allows.',
      mend: 'See in the Admin console, under Account > Admin roles, that the role holds Users > Read and Groups > Read and Update, and nothing more.',
    };
  }
  let unknown: Failure | undefined;
  const granted = async (scopes: Readonly<Record<string, string>>) => {
    const asked = Object.entries(scopes).map(async ([scope, what]) => {
      const { result } = await googleToken(credential, [scope], deps);
      if (result.ok) return [`${scope} lets it ${what}`];
      // Only this proves that a scope is not authorized; whatever else fails proves nothing.
      if (result.error.code !== 'scope-missing') unknown ??= result.error;
      return [];
    });
    return (await Promise.all(asked)).flat();
  };
  const [refused, warned] = await Promise.all([granted(TOO_MUCH), granted(MORE_THAN_NEEDED)]);
  const acting = await google.door.run(
    async () => (await google.api.users.get({ userKey: subject })).data,
    user,
  );
  if (acting.ok && acting.value.value.isAdmin) {
    warned.push('it acts for a super administrator, within every scope that is authorized');
  }
  if (!acting.ok) unknown ??= acting.error.failure;
  const looked = [...Object.keys(TOO_MUCH), ...Object.keys(MORE_THAN_NEEDED)].join(', ');
  return powerLine(
    NAMING,
    { refused, warned, unknown },
    {
      none: `None of these is authorized: ${looked}. The administrator it acts for is no super administrator.`,
      mend: `Remove what is not needed from the domain-wide delegation of this client id. ${BETTER}`,
    },
  );
}
