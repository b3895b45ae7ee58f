import { hashSync } from '@node-rs/bcrypt';
import fc from 'fast-check';
import * as client from 'openid-client';
import { expect, it } from 'vitest';
import { createLineAudit } from '../../../src/identity/audit/index.ts';
import { recordingBackend } from '../../gateway/audit/support/recording.ts';
import type { BrowserLike } from '../support/browser-like.ts';
import { dump, jane, loopback, openDoor, postToken, signInFor, startAuthorization } from '../support/door.ts';
import { cheapArgon2 } from '../support/local-accounts.ts';

const PASSWORD = 'jane-keeps-this-to-herself';
const account = { ...jane, hash: hashSync(PASSWORD, 4) };
const right = { username: account.email, password: PASSWORD };

interface Signed {
  readonly browser: BrowserLike;
  /** Refresh tokens in the order in which they were issued; the last one counts. */
  readonly tokens: string[];
  granted: boolean;
  signedIn: boolean;
}

/** A door whose trail, log and store are looked at, and what was presented to it. */
async function openWatched() {
  const { backend, lines } = recordingBackend();
  const door = await openDoor({
    passwords: [account],
    accounts: { argon2: cheapArgon2 },
    audit: createLineAudit(backend),
  });
  const secrets = new Set([PASSWORD]);
  const kubectl = await door.relyingParty('kubectl');
  return { door, lines, secrets, kubectl, signed: [] as Signed[], users: [] as string[] };
}
type Watched = Awaited<ReturnType<typeof openWatched>>;

async function tryPassword({ door, kubectl, secrets }: Watched, username: string, typed: string) {
  secrets.add(username).add(typed);
  const browser = door.browser();
  const { url } = await startAuthorization(kubectl, { redirect_uri: loopback, scope: 'openid' });
  await browser.submit(await browser.open(url), { username, password: typed }, '/login');
}

const refresh = ({ door }: Watched, refresh_token = '') =>
  postToken(door, { client_id: 'kubectl', grant_type: 'refresh_token', refresh_token });

/** Each does something and says what has to be in the trail of it; undefined: there is nothing to do it to. */
const acts: Readonly<Record<string, (watched: Watched, n: number) => Promise<string[] | undefined>>> = {
  async signIn({ door, kubectl, secrets, signed }) {
    const browser = door.browser();
    const asked = { redirect_uri: loopback, scope: 'openid offline_access' };
    const { tokens, callback, attempt } = await signInFor(kubectl, browser, asked, right);
    const { access_token, id_token = '', refresh_token = '' } = tokens;
    secrets
      .add(access_token)
      .add(refresh_token)
      .add(id_token.split('.')[2] ?? '');
    secrets.add(attempt.verifier).add(new URL(callback).searchParams.get('code') ?? '');
    for (const { value } of browser.cookies.values()) secrets.add(value);
    signed.push({ browser, tokens: [refresh_token], granted: true, signedIn: true });
    return ['sign-in', 'authorize', 'token.issue'];
  },
  async wrongPassword(watched, n) {
    await tryPassword(watched, `nobody-${n}@example.com`, `a-password-in-vain-${n}`);
    return ['!sign-in'];
  },
  async refresh(watched, n) {
    const one = watched.signed[n % watched.signed.length];
    if (one === undefined) return undefined;
    const { status, body } = await refresh(watched, one.tokens.at(-1));
    expect(status).toBe(one.granted ? 200 : 400);
    if (!one.granted) return ['!token.issue'];
    one.tokens.push(String(body['refresh_token']));
    watched.secrets.add(String(body['refresh_token'])).add(String(body['access_token']));
    return ['token.issue'];
  },
  async useTwice(watched, n) {
    const one = watched.signed[n % watched.signed.length];
    if (one === undefined || one.tokens.length < 3) return undefined;
    expect((await refresh(watched, one.tokens[0])).status).toBe(400);
    const { granted } = one;
    one.granted = false;
    return granted ? ['session.end', '!token.issue'] : ['!token.issue'];
  },
  async revoke({ kubectl, signed }, n) {
    const one = signed[n % signed.length];
    if (one === undefined) return undefined;
    await client.tokenRevocation(kubectl, one.tokens.at(-1) ?? '');
    const { granted } = one;
    one.granted = false;
    return granted ? ['session.end', 'token.revoke'] : ['token.revoke'];
  },
  async signOut({ door, signed }, n) {
    const one = signed[n % signed.length];
    if (one?.signedIn !== true) return undefined;
    await one.browser.submit(await one.browser.open(`${door.issuer}/logout`), { logout: 'yes' });
    one.signedIn = false;
    return ['sign-out', 'session.end'];
  },
  async guessCode({ door }, n) {
    const guess = { code: `guessed-${n}`, code_verifier: 'v'.repeat(43), redirect_uri: loopback };
    await postToken(door, { client_id: 'kubectl', grant_type: 'authorization_code', ...guess });
    return ['!token.issue'];
  },
  async userinfo({ door, secrets }, n) {
    const token = `no-access-token-${n}`;
    secrets.add(token);
    await fetch(`${door.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    return ['!userinfo'];
  },
  async createUser({ door, secrets, users }, n) {
    const password = `correct horse battery ${n}`;
    secrets.add(password);
    const email = `ann-${users.length}@example.com`;
    const { id } = await door.identity.users.create({ email, password }, { name: 'cli:root' });
    users.push(id);
    return ['user.create'];
  },
  async disableUser({ door, users }, n) {
    const id = users[n % users.length];
    if (id === undefined) return undefined;
    await door.identity.users.disable(id, { name: 'cli:root' });
    return ['user.disable'];
  },
  async rotateKeys({ door }) {
    await door.identity.keys.rotate();
    return ['key.rotate'];
  },
};

/** Each of them at least once, and what comes of tokens that are used twice. */
const everything = [
  ...['refresh', 'refresh', 'useTwice', 'useTwice', 'refresh', 'revoke', 'signIn', 'refresh', 'revoke'],
  ...['signOut', 'createUser', 'disableUser', 'wrongPassword', 'guessCode', 'userinfo', 'rotateKeys'],
].map((name) => ({ name, n: name === 'signOut' ? 0 : 1 }));

it('every act has its events, in order, and nothing that was presented is in trail, log or store', {
  timeout: 30_000,
}, async () => {
  const act = fc.record({ name: fc.constantFrom(...Object.keys(acts)), n: fc.nat(99) });
  const sequence = fc.array(act, { minLength: 4, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(sequence, async (chosen) => {
      const watched = await openWatched();
      const { door, lines, secrets } = watched;
      try {
        for (const { name, n } of [{ name: 'signIn', n: 0 }, ...chosen]) {
          const before = lines.length;
          const expected = (await acts[name]?.(watched, n)) ?? [];
          const events = lines.slice(before).map((line) => JSON.parse(line));
          const told = events.map(({ action, result }) => (result === 'success' ? action : `!${action}`));
          expect(told, name).toEqual(expected);
          for (const { eventID, time } of events)
            expect([typeof eventID, typeof time]).toEqual(['string', 'string']);
        }
        const written = [lines.join('\n'), JSON.stringify(door.log), await dump(door.store)];
        for (const secret of secrets) {
          for (const text of written) expect(text.includes(secret), secret).toBe(false);
        }
      } finally {
        await door.close();
      }
    }),
    { numRuns: 20, examples: [[everything]] },
  );
});
