import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Expiring } from '../../store/index.ts';

/** What a passkey signs. Only those that were used are in the store: asking for one costs nothing. */
export interface Challenges {
  /** @param binding the browser's session: in another the challenge is worth nothing */
  issue(binding: string): string;
  /**
   * Uses it up: of several at once, on whatever replica, one gets true.
   * @param challenge as it came back
   */
  take(challenge: string, binding: string): Promise<boolean>;
}

export interface ChallengesDeps {
  readonly used: Expiring<true>;
  /** The first one signs, all verify. */
  secrets(): readonly string[];
  /** Milliseconds since the epoch. */
  now(): number;
}

const lifetime = 5 * 60_000;

function sign(secret: string, payload: string, binding: string): string {
  return createHmac('sha256', secret).update(`passkey\0${payload}\0${binding}`).digest('base64url');
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

export function createChallenges({ used, secrets, now }: ChallengesDeps): Challenges {
  return {
    issue(binding) {
      const payload = `${now() + lifetime}.${randomBytes(24).toString('base64url')}`;
      return `${payload}.${sign(secrets()[0] ?? '', payload, binding)}`;
    },
    async take(challenge, binding) {
      const [expiry = '', random = '', signature = ''] = challenge.split('.');
      const payload = `${expiry}.${random}`;
      const own = secrets().some((secret) => isEqual(signature, sign(secret, payload, binding)));
      const expiresAt = Number(expiry);
      if (!own || !(expiresAt > now())) return false;
      const key = createHash('sha256').update(payload).digest('base64url');
      return (await used.create(key, true, expiresAt)) !== undefined;
    },
  };
}
