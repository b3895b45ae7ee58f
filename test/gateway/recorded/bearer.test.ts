import {
  createAuthenticator,
  createTokenAuthenticator,
  type TokenOutcome,
} from '../../../src/gateway/authenticate/index.ts';
import { defaultPolicyObjects } from '../../../src/rbac/index.ts';
import { replayConfiguration } from '../authenticate/recorded.ts';
import { PARSER_REFUSAL } from './compare.ts';
import { openDoor } from './door.ts';
import { type BearerRow, replayBearer } from './replay-bearer.ts';
import { plainly } from './wire.ts';

function certificateOf({ clientCertificate, userInfo }: BearerRow): TokenOutcome {
  if (clientCertificate === null) return { outcome: 'notMine' };
  if (clientCertificate === 'stranger') return { outcome: 'refused', reason: 'of another authority' };
  const admin = { username: 'admin', groups: ['system:masters', 'system:authenticated'] };
  const user = clientCertificate === 'carol' && userInfo !== undefined ? userInfo : admin;
  return { outcome: 'authenticated', user, expiresAt: Number.POSITIVE_INFINITY };
}

replayBearer(
  async (name) => {
    // As it is by default in 1.35, which was recorded.
    const door = await openDoor({ rules: defaultPolicyObjects(), namespaces: [], constrained: false });
    const { configuration, issuers } = replayConfiguration(name);
    const now = (): number => Date.parse('2026-11-24T02:00:00Z');
    const tokenAuthenticator = createTokenAuthenticator({ issuers, now });
    return {
      connecting(row) {
        const authenticateCertificate = () => certificateOf(row);
        door.authenticates(
          createAuthenticator({ configuration, tokenAuthenticator, authenticateCertificate }),
        );
        return plainly(door.port);
      },
      close: () => door.close(),
    };
  },
  { probes: false, noHttp: PARSER_REFUSAL },
);
