import type { IncomingMessage } from 'node:http';
import Provider from 'oidc-provider';
import { requestId } from '../interaction/request-id.ts';
import type { EndCause, Ending } from '../sessions/ending.ts';

/** Of the provider's routes, those on which it ends grants. */
const causes: Readonly<Record<string, EndCause>> = {
  token: 'reuse',
  revocation: 'revocation',
  end_session: 'signOut',
  end_session_confirm: 'signOut',
};

/** Why, and for whom, the provider ends the grant that it is ending: what the request is that it answers just now. */
export function endingNow(clientAddress: (req: IncomingMessage) => string): Ending {
  const { ctx } = Provider;
  if (ctx === undefined) return { cause: 'unused' };
  const { oidc, req } = ctx;
  const by = {
    name: oidc.session?.accountId,
    client: oidc.client?.clientId,
    address: clientAddress(req),
    requestId: requestId(req),
  };
  return { cause: causes[oidc.route] ?? 'unused', by };
}
