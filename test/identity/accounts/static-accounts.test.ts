import { describe, expect, it } from 'vitest';
import { createStaticAccounts } from '../../../src/identity/accounts/static-accounts.ts';
import { bob, jane } from '../support/door.ts';

describe('static accounts', () => {
  it('take one spelling of a composed letter for the other', () => {
    const accounts = createStaticAccounts([{ ...jane, preferredUsername: 'zoe\u0308' }]);
    expect(accounts.byLogin('Zoë')?.id).toBe('id-jane');
  });

  it.each([
    [{ ...bob, userID: 'id-jane' }, 'two accounts have the userID id-jane'],
    [{ ...bob, email: 'JANE@example.com' }, 'two accounts can sign in as jane@example.com'],
    [{ ...bob, preferredUsername: 'jane@example.com' }, 'two accounts can sign in as jane@example.com'],
  ])('that could be taken for each other are refused: %#', (second, message) => {
    expect(() => createStaticAccounts([jane, second])).toThrow(message);
  });
});
