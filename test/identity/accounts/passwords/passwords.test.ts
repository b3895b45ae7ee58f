import { hashSync } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { createPasswordChecker, isCheckable, usualCost } from '../../../src/identity/accounts/passwords.ts';
import { findDemoPasswords } from '../../../src/identity/index.ts';

const hash = hashSync('right', 4);

describe('checking passwords', () => {
  const checker = createPasswordChecker({ unknownCost: 4 });
  it.each<[string, string, string | undefined, string]>([
    ['the right one', 'right', hash, 'match'],
    ['a wrong one', 'wrong', hash, 'mismatch'],
    ['no account', 'right', undefined, 'mismatch'],
    ['no account and nothing typed', '', undefined, 'mismatch'],
    ['a hash that is none', 'right', 'plain', 'mismatch'],
    ['a NUL after the right one', 'right\0', hash, 'mismatch'],
    ['a $2a$ hash', 'right', hashSync('right', 4).replace('$2b$', '$2a$$'), 'match'],
    ['a $2y$ hash', 'right', hashSync('right', 4).replace('$2b$', '$2y$$'), 'match'],
    ['72 bytes', 'x'.repeat(72), hashSync('x'.repeat(72), 4), 'match'],
    ['the first 72 bytes being right is not enough', 'x'.repeat(73), hashSync('x'.repeat(72), 4), 'mismatch'],
  ])('%s', async (_name, password, stored, verdict) => {
    expect(await checker.check(password, stored, '')).toBe(verdict);
  });

  it('S-119: turns away what it cannot get to, and only that', async () => {
    const small = createPasswordChecker({ unknownCost: 4, concurrency: 1, queueLimit: 2 });
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => small.check('right', hash, '')));
    expect(verdicts).toEqual(['match', 'match', 'match', 'busy', 'busy']);
    expect(await small.check('right', hash, '')).toBe('match');
  });

  it('gives one host four places in the queue and keeps the others free', async () => {
    const small = createPasswordChecker({ unknownCost: 4, concurrency: 1 });
    const flood = Array.from({ length: 7 }, () => small.check('wrong', hash, '192.0.2.1'));
    expect(await small.check('right', hash, '192.0.2.2')).toBe('match');
    expect(await Promise.all(flood)).toEqual([...Array(5).fill('mismatch'), 'crowded', 'crowded']);
    expect(await small.check('right', hash, '192.0.2.1')).toBe('match');
  });

  it('S-108: spends a full bcrypt run on an account that does not exist', async () => {
    const costly = createPasswordChecker({ unknownCost: 10 });
    const known = hashSync('right', 10);
    const time = async (stored: string | undefined) => {
      const times: number[] = [];
      for (let run = 0; run < 5; run++) {
        const start = performance.now();
        await costly.check('wrong', stored, '');
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const ratio = (await time(undefined)) / (await time(known));
    // Wide, for busy machines: without the run the ratio would be a thousandth.
    expect(ratio).toBeGreaterThan(0.2);
    expect(ratio).toBeLessThan(5);
  });

  it('S-108: takes the cost that most accounts have', () => {
    const costs = [4, 5, 5].map((cost) => hashSync('x', cost));
    expect([usualCost(costs), usualCost([]), usualCost(['none'])]).toEqual([5, 10, 10]);
  });

  it('S-115: knows what bcrypt would not see all of', () => {
    expect([isCheckable('é'.repeat(36)), isCheckable('é'.repeat(37)), isCheckable('a\0b')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('demo passwords', () => {
  it('are found among accounts', async () => {
    const account = (email: string, password: string) => ({
      email,
      hash: hashSync(password, 4),
      username: email,
      userID: email,
    });
    const accounts = [
      account('a@example.com', 'password'),
      account('b@example.com', 'Password'),
      account('c@example.com', 'password'),
    ];
    expect(await findDemoPasswords(accounts)).toEqual(['a@example.com', 'c@example.com']);
  });
});
