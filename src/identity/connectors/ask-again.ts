import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '../identity-deps.ts';
import type { Connector, UpstreamIdentity } from './connector.ts';
import { ConnectorError } from './connector-error.ts';
import type { Connectors } from './connectors.ts';
import type { KeptPerson, UpstreamPeople, UpstreamPerson } from './upstream-people.ts';

/** Nobody can say now whether somebody may still come in. */
export class UpstreamUnavailableError extends Error {
  readonly code = 'SP_IDENTITY_UPSTREAM_UNAVAILABLE';
}

export interface AskAgainDeps {
  readonly people: UpstreamPeople;
  readonly connectors: Pick<Connectors, 'find'>;
  readonly log: Log;
  /** @throws ConnectorError for somebody who may not be called so here */
  checkNames(identity: UpstreamIdentity): Promise<void>;
  /** Told when a connector says no: all that the account has going ends. */
  refused(accountId: string, why: ConnectorError): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** For so long one process asks; then another may. Longer than any connector takes. */
const longestAsking = 45_000;
/** Between two looks at what another process is asking. */
const pause = 100;

/**
 * Asks somebody's connector whether they may still come in, and who they are by now, at each refresh of a token of theirs. What the
 * connector gave for that is often good for one question only, so that of all requests in all processes one asks at a time; who
 * comes while it does waits for that answer, which is as new as one's own would be.
 * A no ends everything. No answer is no yes: nothing is issued, and nothing ends.
 * @returns whether the person may go on
 * @throws UpstreamUnavailableError
 */
export function createAskAgain(deps: AskAgainDeps): (accountId: string) => Promise<boolean> {
  const { people, connectors, now } = deps;
  const underWay = new Map<string, Promise<boolean>>();

  /** Claims the right to ask. @returns undefined when somebody else has answered, or has ended it all */
  async function claim(accountId: string): Promise<KeptPerson | 'answered' | undefined> {
    const began = now();
    for (;;) {
      const kept = await people.find(accountId);
      if (kept === undefined) return undefined;
      const { asking = 0, askedAt } = kept.person;
      if (asking <= now()) {
        if (askedAt > began) return 'answered';
        const claimed = await people.replace(kept, { ...kept.person, asking: now() + longestAsking });
        if (claimed !== undefined) return claimed;
      } else if (now() - began > longestAsking) {
        throw new UpstreamUnavailableError('another process is asking the connector, and has no answer');
      } else await wait(pause);
    }
  }

  async function ask(kept: KeptPerson, connector: Connector): Promise<boolean> {
    const { accountId, person } = kept;
    const { asking: _asking, ...idle }: UpstreamPerson = person;
    try {
      const data = people.open(accountId, person);
      if (data === undefined) throw new ConnectorError('denied', 'it has given nothing to ask again with');
      const { identity, data: next } = await connector.refresh(data, person.identity);
      await deps.checkNames(identity);
      const answered = {
        ...idle,
        identity,
        askedAt: now(),
        data: undefined,
        ...people.seal(accountId, next),
      };
      // Somebody has signed in meanwhile: what that brought is newer.
      await people.replace(kept, answered);
      return true;
    } catch (error) {
      return await endWith(kept, idle, error);
    }
  }

  async function endWith(kept: KeptPerson, idle: UpstreamPerson, error: unknown): Promise<boolean> {
    if (!(error instanceof ConnectorError) || error.fault === 'unreachable' || error.fault === 'invalid') {
      await people.replace(kept, idle);
      const reason = error instanceof Error ? error.message : String(error);
      deps.log.warn({ connector: idle.connector, reason }, 'a connector could not be asked at a refresh');
      throw new UpstreamUnavailableError('the connector does not answer', { cause: error });
    }
    // What it said no to may be a secret from before a new sign-in.
    if ((await people.replace(kept, { ...idle, data: undefined })) === undefined) return true;
    await deps.refused(kept.accountId, error);
    return false;
  }

  async function again(accountId: string): Promise<boolean> {
    const claimed = await claim(accountId);
    if (claimed === undefined || claimed === 'answered') return claimed === 'answered';
    const connector = connectors.find(claimed.person.connector);
    return connector !== undefined && ask(claimed, connector);
  }

  return (accountId) => {
    const running = underWay.get(accountId) ?? again(accountId).finally(() => underWay.delete(accountId));
    underWay.set(accountId, running);
    return running;
  };
}
