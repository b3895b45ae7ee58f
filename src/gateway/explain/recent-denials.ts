import type { Attributes, Decision } from '../../kube/index.ts';

/** Something that a person was refused recently. */
export interface Denial {
  readonly asked: Omit<Attributes, 'user'>;
  /** How often, since it is remembered. */
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

export interface RecentDenials {
  note(refused: Attributes): void;
  /** The last one first. */
  of(username: string): readonly Denial[];
}

/** For each person; the one that was not refused again for the longest goes. */
const MOST_DENIALS = 50;
/** The person goes who was not refused anything for the longest. */
const MOST_PEOPLE = 1_000;

/**
 * What people were refused by this process, so that they can ask for it. In memory only: who wants a record that stays has
 * the audit log. Bounded whatever anybody asks.
 */
export function createRecentDenials(now: () => number): RecentDenials {
  const people = new Map<string, Map<string, Denial>>();

  function remember<T>(in_: Map<string, T>, key: string, value: T, most: number): void {
    // Deleted first, so that it stands last: a Map keeps the order of insertion.
    in_.delete(key);
    in_.set(key, value);
    const [oldest] = in_.keys();
    if (in_.size > most && oldest !== undefined) in_.delete(oldest);
  }

  return {
    note({ user, ...asked }) {
      const own = people.get(user.username) ?? new Map<string, Denial>();
      const { verb, path, apiGroup, resource, subresource, namespace, name } = asked;
      const key = JSON.stringify([verb, path, apiGroup, resource, subresource, namespace, name]);
      const count = (own.get(key)?.count ?? 0) + 1;
      remember(own, key, { asked, count, lastAt: now() }, MOST_DENIALS);
      remember(people, user.username, own, MOST_PEOPLE);
    },
    of: (username) => [...(people.get(username)?.values() ?? [])].reverse(),
  };
}

/** The same decisions, with refusals remembered. */
export function noteDenials(
  authorize: (attributes: Attributes) => Decision,
  denials: Pick<RecentDenials, 'note'>,
): (attributes: Attributes) => Decision {
  return (attributes) => {
    const decided = authorize(attributes);
    if (decided.decision !== 'allow') denials.note(attributes);
    return decided;
  };
}
