import { addressNetwork } from '../../http/index.ts';
import type { IdentityAudit, IdentityEvent } from './identity-audit.ts';

export interface GatherRepeatsDeps {
  readonly audit: IdentityAudit;
  /** Told of a gathered event that was not recorded: nobody waits for it. */
  onError(error: unknown): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface GatheredAudit extends IdentityAudit {
  /** Records what is gathered. */
  close(): Promise<void>;
}

/** Attempts that nothing was looked at of: anybody can make as many as there is bandwidth. */
const gathered = new Set(['throttled', 'busy']);
const window = 60_000;
/** Networks that are told apart at a time; what comes from others is one. */
const mostNetworks = 1000;

interface Repeats {
  readonly last: IdentityEvent;
  readonly count: number;
}

/**
 * Of attempts that were turned away unseen, records the first of a network, and then one event a minute that says how many
 * more there were: a trail that is kept for long must not be filled by whoever cannot even try. Everything else passes.
 */
export function gatherRepeats({ audit, onError, now }: GatherRepeatsDeps): GatheredAudit {
  const networks = new Map<string, Repeats | undefined>();
  let timer: NodeJS.Timeout | undefined;

  async function tell(): Promise<void> {
    timer = undefined;
    const all = [...networks.values()];
    networks.clear();
    for (const repeats of all) {
      if (repeats !== undefined) await audit.record({ ...repeats.last, count: repeats.count, at: now() });
    }
  }

  /** A network is known by its first event, which is recorded as it is. */
  function isRepeat(event: IdentityEvent, network: string): boolean {
    if (networks.has(network)) {
      networks.set(network, { last: event, count: (networks.get(network)?.count ?? 0) + 1 });
      return true;
    }
    networks.set(network, undefined);
    timer ??= setTimeout(() => void tell().catch(onError), window).unref();
    return false;
  }

  function keyOf({ action, address }: IdentityEvent): string {
    const key = `${action} ${address === undefined ? '' : addressNetwork(address)}`;
    return networks.has(key) || networks.size < mostNetworks ? key : '';
  }

  return {
    async record(event) {
      if (gathered.has(event.reason ?? '') && isRepeat(event, keyOf(event))) return;
      await audit.record(event);
    },
    async close() {
      clearTimeout(timer);
      await tell();
    },
  };
}
