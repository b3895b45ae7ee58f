import type { HashLoad } from '../accounts/passwords/hash-queue.ts';
import type { MetricRegistry } from './metric-registry.ts';

/** What is looked at when the figures are read. */
export interface DoorState {
  passwordLoad(): HashLoad;
  readonly keys: {
    /** Milliseconds. */
    signingAge(): number;
    /** Milliseconds since the epoch. */
    nextRotation(): number;
  };
  /** How many sessions and grants are listed. */
  sessions(): Promise<number>;
  readonly signOuts: { waiting(): number; givenUp(): Promise<number> };
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Shows how door 1 is as gauges. What cannot be read, because the store is away, is not shown. */
export function createStateMetrics(registry: MetricRegistry): { show(state: DoorState): void } {
  const hashes = registry.gauge(
    'sallyport_identity_password_hashes',
    'Passwords in the queue of hashes, by state: running, waiting.',
    ['state'],
  );
  const refused = registry
    .counter(
      'sallyport_identity_password_hashes_refused_total',
      'Passwords that found the queue of hashes full, or their own host’s share of it.',
    )
    .labels();
  const keyAge = registry
    .gauge('sallyport_identity_signing_key_age_seconds', 'How long the key has signed that signs now.')
    .labels();
  const nextKey = registry
    .gauge(
      'sallyport_identity_signing_key_next_rotation_seconds',
      'Time until another key is to sign; below zero, it is overdue.',
    )
    .labels();
  const sessions = registry
    .gauge(
      'sallyport_identity_sessions',
      'Browser sessions and clients’ grants that are open, those included that ended by themselves within the last minutes.',
    )
    .labels();
  const waiting = registry
    .gauge(
      'sallyport_identity_backchannel_logouts_waiting',
      'Sign-outs that a client is still to be told of.',
    )
    .labels();
  const givenUp = registry
    .gauge(
      'sallyport_identity_backchannel_logouts_given_up',
      'Sign-outs that a client was not told of after a day of attempts; the last 1000 are kept.',
    )
    .labels();

  return {
    show({ passwordLoad, keys, sessions: countSessions, signOuts, now }) {
      registry.beforeScrape(async () => {
        const load = passwordLoad();
        hashes.labels('running').set(load.running);
        hashes.labels('waiting').set(load.waiting);
        refused.inc(load.refused - refused.value);
        keyAge.set(keys.signingAge() / 1000);
        nextKey.set((keys.nextRotation() - now()) / 1000);
        waiting.set(signOuts.waiting());
        sessions.set(await orUnknown(countSessions()));
        givenUp.set(await orUnknown(signOuts.givenUp()));
      });
    },
  };
}

function orUnknown(figure: Promise<number>): Promise<number> {
  return figure.catch(() => Number.NaN);
}
