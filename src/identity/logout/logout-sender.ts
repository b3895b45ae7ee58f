import { setTimeout as after } from 'node:timers/promises';
import { lazyAgent } from '../../http/index.ts';
import type { WorkClaim, WorkItem } from '../../store/index.ts';
import type { Log } from '../identity-deps.ts';
import type { LogoutMetrics } from '../metrics/index.ts';
import type { EndedSession } from '../sessions/session-end.ts';
import { deliveryAttempts, type LogoutQueue } from './logout-queue.ts';
import { postLogoutToken } from './post-logout-token.ts';

export interface LogoutSenderDeps {
  readonly queue: LogoutQueue;
  readonly log: Log;
  readonly metrics?: LogoutMetrics | undefined;
  /** A new logout token for each attempt: it lives for two minutes only. */
  sign(ended: EndedSession): Promise<string>;
}

export interface LogoutSender {
  /** Gives up what is under way, to be sent by another process or after the next start. */
  close(): Promise<void>;
}

/** Clients told at once; one that is slow holds up these only. */
const claimLimit = 16;
/** Longer than a client may take to answer. */
const leaseTtl = 15_000;
/** When others got ahead of us. */
const leastPause = 20;

/** Tells clients of sign-outs, at least once each, by whichever process claims them. */
export function startLogoutSender({ queue, log, metrics, sign }: LogoutSenderDeps): LogoutSender {
  const { items, addressOf } = queue;
  const stopping = new AbortController();
  const agent = lazyAgent({ connections: 4 });

  async function deliver(claim: WorkClaim, item: WorkItem): Promise<void> {
    const ended: EndedSession = JSON.parse(item.value);
    const about = { client_id: ended.clientId, sid: ended.sid, attempts: item.attempts };
    try {
      const address = addressOf(ended.clientId);
      if (address !== undefined) await postLogoutToken(agent, address, await sign(ended), stopping.signal);
      await claim.done([item]);
      if (address === undefined) return;
      metrics?.sent();
      log.info({ event: 'client_told_of_sign_out', ...about }, 'client told of a sign-out');
    } catch (error) {
      if (stopping.signal.aborted) return;
      metrics?.failed();
      const problem = error instanceof Error ? error.message : String(error);
      if (item.attempts < deliveryAttempts) {
        log.warn({ problem, ...about }, 'a client could not be told of a sign-out; it is tried again');
      } else {
        log.error({ problem, ...about }, 'a client could not be told of a sign-out; it is given up');
      }
      await claim.retry([item]);
    }
  }

  async function round(): Promise<void> {
    const claim = await items.claim(claimLimit, leaseTtl);
    try {
      await Promise.all(claim.items.map((item) => deliver(claim, item)));
    } finally {
      await claim.end();
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await items.ready(stopping.signal);
      if (stopping.signal.aborted) return;
      await round().catch((err: unknown) => log.error({ err }, 'sign-outs could not be delivered'));
      // Rejects when stopping.
      await after(leastPause, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  }

  const running = run();
  return {
    async close() {
      stopping.abort();
      await running;
      items.close();
      await agent.close();
    },
  };
}
