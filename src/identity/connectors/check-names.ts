import type { Accounts } from '../accounts/accounts.ts';
import { clientUsernamePrefix } from '../accounts/login.ts';
import type { UpstreamIdentity } from './connector.ts';
import { ConnectorError } from './connector-error.ts';

/**
 * A username is what people choose for themselves at many a provider, and what clusters know them by: nobody from elsewhere is
 * called what somebody signs in by here. An e-mail address may be the same, where the connector has verified it: it is still
 * another account.
 */
export function createCheckNames({
  byLogin,
}: Pick<Accounts, 'byLogin'>): (identity: UpstreamIdentity) => Promise<void> {
  const isTaken = async (login: string) => (await byLogin(login)) !== undefined;
  return async ({ preferredUsername, email, emailVerified }) => {
    if (preferredUsername?.toLowerCase().startsWith(clientUsernamePrefix))
      throw new ConnectorError('refused', `a username cannot begin with ${clientUsernamePrefix}`);
    if (preferredUsername !== undefined && preferredUsername !== email && (await isTaken(preferredUsername)))
      throw new ConnectorError('refused', 'the username is one of an account of this server');
    if (email !== '' && !emailVerified && (await isTaken(email)))
      throw new ConnectorError(
        'refused',
        'the e-mail address, not verified, is one of an account of this server',
      );
  };
}
