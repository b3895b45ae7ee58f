import { expect, it } from 'vitest';
import type { SignInVerdict } from '../../../src/identity/accounts/sign-in/password-sign-in.ts';
import { provePassword } from '../../../src/identity/password-grant/prove-password.ts';
import { openTestFactors } from '../factors/support.ts';
import { openLocalAccounts } from '../support/local-accounts.ts';

const request = { username: 'jane', password: 'password', scopes: new Set(['openid']), nonce: undefined };

it.each<[SignInVerdict, number, number]>([
  [{ type: 'busy' }, 503, 5],
  [{ type: 'throttled', wait: 1500 }, 429, 2],
])('says when to come again: %j', async (verdict, status, seconds) => {
  const { accounts } = await openLocalAccounts();
  const headers = new Map<string, string>();
  const ctx = { set: (name: string, value: string) => void headers.set(name, value) };
  const proved = provePassword(
    ctx,
    request,
    { name: undefined, client: 'web' },
    {
      accounts,
      signIn: { verify: async () => verdict },
      factors: await openTestFactors(),
      accountEnds: { last: async () => 0 },
    },
  );
  await expect(proved).rejects.toMatchObject({ status, expose: true, error: 'temporarily_unavailable' });
  expect(headers).toEqual(new Map([['Retry-After', String(seconds)]]));
});
