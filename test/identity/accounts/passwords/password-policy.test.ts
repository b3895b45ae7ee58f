import { describe, expect, it } from 'vitest';
import { createPasswordPolicy } from '../../../../src/identity/accounts/passwords/password-policy.ts';
import { openLocalAccounts, operator } from '../../support/local-accounts.ts';

const owner = {
  email: 'annabel.lee@example.com',
  name: 'Annabel Lee of the Sea',
  preferredUsername: 'annabel-lee-1849',
};
const context = () => ['Example Login Service', 'login.example.com'];

describe('S-116 S-120: the password policy', () => {
  it.each<[string, string, string]>([
    ['eleven characters', 'k3xn5q9w2rt', 'tooShort'],
    ['eleven characters of four bytes', '🦊'.repeat(11), 'tooShort'],
    ['1025 bytes', `${'é'.repeat(512)}x`, 'tooLong'],
    ['one that attackers know', 'unbelievable', 'known'],
    ['one that they know, written otherwise', 'UnBelievable', 'known'],
    ['one that they know, in wide letters', 'ｕｎｂｅｌｉｅｖａｂｌｅ', 'known'],
    ['the e-mail address', 'Annabel.Lee@example.com', 'personal'],
    ['the name', 'annabel lee of the sea', 'personal'],
    ['the username', 'ANNABEL-LEE-1849', 'personal'],
    ['the service', 'example login service', 'personal'],
    ['its host', 'login.example.com', 'personal'],
  ])('refuses %s', async (_name, password, rule) => {
    const policy = createPasswordPolicy({}, context);
    await expect(policy.check(password, owner)).rejects.toMatchObject({ fault: 'passwordRefused', rule });
  });

  it.each<[string, string]>([
    ['twelve characters of whatever kind', 'k3xn5q9w2rtz'],
    ['letters and blanks only', 'correct horse battery'],
    ['twelve characters of four bytes', '🦊🐢🐍🦎🐙🦑🦐🦞🦀🐡🐠🐟'],
    ['1024 bytes', 'é'.repeat(512)],
  ])('accepts %s', async (_name, password) => {
    await expect(createPasswordPolicy({}, context).check(password, owner)).resolves.toBeUndefined();
  });

  it('takes the length that it is told', async () => {
    const policy = createPasswordPolicy({ minLength: 20 }, () => []);
    await expect(policy.check('correct horse', owner)).rejects.toThrow('fewer than 20 characters');
  });

  it('is asked whenever a stored user gets a password, and changes nothing when it refuses', async () => {
    const { users } = await openLocalAccounts();
    const refused = { fault: 'passwordRefused', rule: 'known' };
    const fields = { email: 'ann@example.com' };
    await expect(users.create({ ...fields, password: 'unbelievable' }, operator)).rejects.toMatchObject(
      refused,
    );
    const { id, revision } = await users.create(fields, operator);
    await expect(users.setPassword(id, 'unbelievable', operator)).rejects.toMatchObject(refused);
    expect((await users.get(id)).revision).toBe(revision);
  });
});
