import { describe, expect, it } from 'vitest';
import { createAccounts } from '../../../src/identity/accounts/accounts.ts';
import { claimsOf } from '../../../src/identity/accounts/claims.ts';
import { bob, jane } from '../support/door.ts';

describe('accounts', () => {
  it.each(['jane', 'Jane@Example.com', '\tJANE ', 'jane@example.com'])('%j is jane', async (login) => {
    expect((await createAccounts([jane, bob]).byLogin(login))?.id).toBe('id-jane');
  });

  it.each(['', 'jan', 'jane@example', 'Jane Doe', 'id-jane'])('%j is nobody', async (login) => {
    expect(await createAccounts([jane, bob]).byLogin(login)).toBeUndefined();
  });

  it('S-109: take one spelling of a composed letter for the other', async () => {
    const accounts = createAccounts([{ ...jane, preferredUsername: 'zoe\u0308' }]);
    expect((await accounts.byLogin('Zoë'))?.id).toBe('id-jane');
  });

  it.each([
    [{ ...bob, userID: 'id-jane' }, 'two accounts have the userID id-jane'],
    [{ ...bob, email: 'JANE@example.com' }, 'two accounts can sign in as jane@example.com'],
    [{ ...bob, preferredUsername: 'jane@example.com' }, 'two accounts can sign in as jane@example.com'],
  ])('that could be taken for each other are refused: %#', (second, message) => {
    expect(() => createAccounts([jane, second])).toThrow(message);
  });
});

describe('claims', async () => {
  const account = (await createAccounts([{ ...jane, name: 'Jane' }]).byId('id-jane'))!;
  it.each<[string[], object]>([
    [[], { sub: 'id-jane' }],
    [['email'], { sub: 'id-jane', email: 'jane@example.com', email_verified: true }],
    [['profile'], { sub: 'id-jane', name: 'Jane', preferred_username: 'jane' }],
    [['groups', 'unknown', '__proto__'], { sub: 'id-jane', groups: ['developers', 'oncall'] }],
  ])('of scopes %j', (scopes, expected) => {
    expect(claimsOf(account, new Set(scopes))).toEqual(expected);
  });
});
