import type { LeaderElection } from '../../store/index.ts';
import type { IdentityAudit } from '../audit/index.ts';
import type { Log } from '../identity-deps.ts';
import { signingKeyOf } from './key-ring.ts';
import type { Rings } from './rings.ts';
import type { RotationRequests } from './rotation-requests.ts';

export interface RotationDeps {
  readonly rings: Rings;
  readonly requests: Pick<RotationRequests, 'pending' | 'done'>;
  readonly leader: Pick<LeaderElection, 'isLeader'>;
  readonly log: Log;
  readonly audit: IdentityAudit;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends every session and grant. Done again when it failed half-way. */
  endAll(): Promise<void>;
}

export interface Rotation {
  /** Carries out what was asked for, then what is due; on the leader only. */
  look(): Promise<void>;
  /** Resolves when no look is under way. */
  idle(): Promise<void>;
}

/**
 * Who rotates: the leader, so that replicas need not do the same work. It is not what makes it right: each change of a ring
 * is a compare-and-set, so two who both believe to lead still make one rotation of it.
 */
export function createRotation(deps: RotationDeps): Rotation {
  const { rings, requests, leader, log, endAll } = deps;
  let looking: Promise<void> = Promise.resolve();

  const signingKid = () => signingKeyOf(rings.signing.current())?.kid;

  async function record(detail: 'due' | 'request' | 'revocation', actor?: string): Promise<void> {
    const where = { client: undefined, address: undefined, requestId: undefined };
    const event = { action: 'key.rotate', actor, subject: signingKid(), ...where, detail } as const;
    await deps.audit.record({ ...event, result: 'success', reason: undefined, at: deps.now() });
  }

  async function advance(): Promise<void> {
    const before = signingKid();
    for (const ring of Object.values(rings)) await ring.advance();
    if (signingKid() !== before) await record('due');
  }

  async function carryOut(): Promise<void> {
    for (const request of await requests.pending()) {
      await rings.signing.replace(request);
      if (request.revoke) {
        for (const ring of [rings.cookies, rings.forms, rings.refresh]) await ring.replace(request);
        await endAll();
      }
      await record(request.revoke ? 'revocation' : 'request', request.by);
      await requests.done(request);
      log.warn({ event: 'keys_replaced', revoked: request.revoke }, 'all keys were replaced on request');
    }
  }

  return {
    look() {
      // One at a time: a look that is asked for during another one comes after it.
      const next = looking.then(async () => {
        if (!leader.isLeader()) return;
        await carryOut();
        await advance();
      });
      looking = next.catch((err: unknown) => log.error({ err }, 'rotating keys failed; it is tried again'));
      return next;
    },
    idle: () => looking,
  };
}
