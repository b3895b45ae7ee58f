import { hashSync as argon2 } from '@node-rs/argon2';
import { hashSync } from '@node-rs/bcrypt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HashWork,
  mostWork,
  noWork,
  workOf,
} from '../../../../src/identity/accounts/passwords/hash-work.ts';
import { hashing } from '../../../../src/identity/accounts/passwords/hashing.ts';
import { createPasswords } from '../../../../src/identity/accounts/passwords/passwords.ts';
import { findDemoPasswords } from '../../../../src/identity/index.ts';
import { anyText } from '../../../support/any-text.ts';
import { cheapArgon2 } from '../../support/local-accounts.ts';

const hash = hashSync('right', 4);
const idle = { mostWork: async () => ({ bcryptCost: 4, argon2: 8 }), argon2: cheapArgon2 };

describe('checking passwords', () => {
  const passwords = createPasswords(idle);
  const long = 'x'.repeat(1024);
  it.each<[string, string, string | undefined, string]>([
    ['the right one', 'right', hash, 'match'],
    ['a wrong one', 'wrong', hash, 'mismatch'],
    ['no account', 'right', undefined, 'mismatch'],
    ['no account and nothing typed', '', undefined, 'mismatch'],
    ['a hash that is none', 'right', 'plain', 'mismatch'],
    ['an argon2i hash', 'right', argon2('right', { ...cheapArgon2, algorithm: 1 }), 'mismatch'],
    ['a NUL after the right one', 'right\0', hash, 'mismatch'],
    ['a $2a$ hash', 'right', hash.replace(/^\$2.\$/, () => '$2a$'), 'match'],
    ['a $2b$ hash', 'right', hash.replace(/^\$2.\$/, () => '$2b$'), 'match'],
    ['a $2y$ hash', 'right', hash.replace(/^\$2.\$/, () => '$2y$'), 'match'],
    ['72 bytes', 'x'.repeat(72), hashSync('x'.repeat(72), 4), 'match'],
    ['the first 72 bytes being right is not enough', 'x'.repeat(73), hashSync('x'.repeat(72), 4), 'mismatch'],
    ['argon2id', 'right', argon2('right', cheapArgon2), 'match'],
    ['argon2id, a wrong one', 'wrong', argon2('right', cheapArgon2), 'mismatch'],
    ['argon2id, 1024 bytes', long, argon2(long, cheapArgon2), 'match'],
    ['argon2id, the last of 1024 bytes', `${long.slice(1)}y`, argon2(long, cheapArgon2), 'mismatch'],
    ['argon2id, a NUL and a wrong end', 'a\0b', argon2('a\0c', cheapArgon2), 'mismatch'],
  ])('%s', async (_name, password, stored, verdict) => {
    expect(await passwords.check(password, stored, '')).toBe(verdict);
  });

  it('S-115: of argon2id no two passwords are the same', () => {
    const passwords = createPasswords({ ...idle, mostWork: async () => ({ bcryptCost: 0, argon2: 8 }) });
    return fc.assert(
      fc.asyncProperty(anyText({ maxLength: 200 }), anyText(), async (a, b) => {
        const stored = await passwords.hash(a, undefined);
        expect(await passwords.check(a, stored, undefined)).toBe('match');
        expect(await passwords.check(`${a}${b}`, stored, undefined)).toBe(b === '' ? 'match' : 'mismatch');
      }),
      { numRuns: 50 },
    );
  });

  it('tells which hashes are of yesterday', async () => {
    const strong = createPasswords({ ...idle, argon2: { memoryCost: 16, timeCost: 2 } });
    const fresh = await strong.hash('right', undefined);
    expect(fresh).toMatch(/^\$argon2id\$v=19\$m=16,t=2,p=1\$/);
    const weaker = ['m=8,t=2', 'm=16,t=1'].map((cost) => fresh.replace('m=16,t=2', cost));
    expect([fresh, fresh.replace('m=16', 'm=32'), hash, ...weaker].map(strong.isOutdated)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('makes new hashes of 19 MiB and 2 passes', async () => {
    const { hash: make } = createPasswords({ mostWork: async () => noWork });
    expect(await make('right', undefined)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe('S-108: the work of a check', () => {
  /** Rounds of bcrypt, and KiB times passes of argon2id, that were really done. */
  function counted(most: HashWork) {
    const done = { rounds: 0, argon2: 0 };
    const add = (work: HashWork) => {
      done.rounds += work.bcryptCost === 0 ? 0 : 2 ** work.bcryptCost;
      done.argon2 += work.argon2;
    };
    const passwords = createPasswords({
      mostWork: async () => most,
      argon2: { memoryCost: 16, timeCost: 2 },
      hashing: {
        async verifyBcrypt(password, stored) {
          add(workOf(stored));
          return hashing.verifyBcrypt(password, stored);
        },
        async verifyArgon2(password, stored) {
          add(workOf(stored));
          return hashing.verifyArgon2(password, stored);
        },
        async hashArgon2(password, cost) {
          const made = await hashing.hashArgon2(password, cost);
          add(workOf(made));
          return made;
        },
      },
    });
    return { passwords, done };
  }

  const hashes = [
    hashSync('right', 4),
    hashSync('right', 5),
    hashSync('right', 7),
    argon2('right', { memoryCost: 8, timeCost: 1 }),
    argon2('right', { memoryCost: 16, timeCost: 2 }),
    argon2('right', { memoryCost: 24, timeCost: 3 }),
  ];

  it('is the same for every account, right or wrong or none at all, whatever hashes there are', () =>
    fc.assert(
      fc.asyncProperty(
        fc.subarray(hashes, { minLength: 1 }),
        fc.constantFrom('right', 'wrong', '', 'x'.repeat(100), 'a\0b'),
        async (known, password) => {
          const most = mostWork(known.map(workOf));
          const works = await Promise.all(
            [...known, undefined, 'no hash at all'].map(async (stored) => {
              const { passwords, done } = counted(most);
              await passwords.check(password, stored, undefined);
              return done;
            }),
          );
          const expected = { rounds: most.bcryptCost === 0 ? 0 : 2 ** most.bcryptCost, argon2: most.argon2 };
          expect(works).toEqual(works.map(() => expected));
        },
      ),
      { numRuns: 30 },
    ));

  it('is none where there is nothing to check', async () => {
    const { passwords, done } = counted(noWork);
    expect(await passwords.check('right', undefined, undefined)).toBe('mismatch');
    expect(done).toEqual({ rounds: 0, argon2: 0 });
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
