import { beforeEach, describe, expect, it } from 'vitest';
import { createFactorRecords } from '../../../src/identity/factors/factor-records.ts';
import { codesLeft } from '../../../src/identity/factors/recovery-codes.ts';
import { newTotpSecret } from '../../../src/identity/factors/totp.ts';
import { createSealer } from '../../../src/store/index.ts';
import { dump } from '../support/door.ts';
import { createSoftPasskey, type SignOptions, type SoftPasskey } from '../support/soft-passkey.ts';
import { binding, by, codeAt, type FactorsFixture, issuer, openTestFactors, outcomes } from './support.ts';

const account = 'id-jane';
const step = 30_000;

let factors: FactorsFixture;
beforeEach(async () => {
  factors = await openTestFactors();
});

async function withTotp() {
  const secret = newTotpSecret();
  const { recoveryCodes = [] } = await factors.enrolment.totp(
    account,
    secret,
    codeAt(secret, factors.clock.now),
    by,
  );
  factors.clock.now += step;
  return { secret, recoveryCodes: recoveryCodes as string[] };
}

async function withPasskey(options?: { counts?: boolean; synced?: boolean }): Promise<SoftPasskey> {
  const passkey = createSoftPasskey(issuer, options);
  const { passkeys } = await factors.records.read(account);
  const owner = { accountId: account, passkeys, login: 'jane', name: 'Jane' };
  const answer = passkey.create(await factors.relyingParty.creationOptions(binding, owner));
  await factors.enrolment.passkey(account, { answer, binding, name: 'Laptop' }, by);
  return passkey;
}

const requestOptions = () => factors.relyingParty.requestOptions(binding, undefined);
const code = (typed: string) => factors.check.code(account, typed, by);
const fifty = Array.from({ length: 50 }, (_, index) => index);

describe('S-124: a code of an authenticator app', () => {
  it('says that it was one, and is taken once', async () => {
    const { secret } = await withTotp();
    const typed = codeAt(secret, factors.clock.now);
    expect(await code(`${typed.slice(0, 3)} ${typed.slice(3)}`)).toEqual(['otp', 'mfa']);
    await expect(code(typed)).rejects.toMatchObject({ fault: 'wrong' });
  });

  it('R-010: of 50 uses at once lets one through', async () => {
    const { secret } = await withTotp();
    // From 50 addresses: none is slowed down by the others.
    const typed = codeAt(secret, factors.clock.now);
    const attempts = fifty.map((index) =>
      factors.check.code(account, typed, { ...by, address: `192.0.2.${index}` }),
    );
    const counts = await outcomes(attempts);
    expect(counts['passed']).toBe(1);
    expect(Object.values(counts).reduce((sum, one) => sum + one, 0)).toBe(50);
  });

  it('is taken one step early or late, and not two; the one that confirmed the app not at all', async () => {
    const { secret } = await withTotp();
    const { now } = factors.clock;
    for (const [offset, passes] of [
      [-2 * step, false],
      [2 * step, false],
      [-step, false],
      [0, true],
      [step, true],
    ] as const) {
      const outcome = code(codeAt(secret, now + offset));
      await (passes ? outcome : expect(outcome).rejects.toMatchObject({ fault: 'wrong' }));
    }
  });

  it('is worth nothing once a later one was used', async () => {
    const { secret } = await withTotp();
    await code(codeAt(secret, factors.clock.now + step));
    await expect(code(codeAt(secret, factors.clock.now))).rejects.toMatchObject({ fault: 'wrong' });
  });

  it('has its secret nowhere in the store as it is', async () => {
    const { secret, recoveryCodes } = await withTotp();
    const text = await dump(factors.store);
    expect(text).not.toContain(secret);
    for (const one of recoveryCodes) expect(text).not.toContain(one);
  });
});

describe('a recovery code', () => {
  it('is one of ten, works once however it is typed, and is written down', async () => {
    const { recoveryCodes } = await withTotp();
    expect(recoveryCodes).toHaveLength(10);
    const [first = ''] = recoveryCodes;
    expect(await code(first.toLowerCase().replaceAll('-', ' '))).toEqual(['recovery', 'mfa']);
    await expect(code(first)).rejects.toMatchObject({ fault: 'wrong' });
    expect(codesLeft((await factors.records.read(account)).recovery)).toBe(9);
    expect(factors.events).toContainEqual(
      expect.objectContaining({ action: 'factor.recovery', subject: account, result: 'success' }),
    );
    expect((await factors.service.list(account)).recoveryCodes).toMatchObject({
      left: 9,
      lastUsedAt: factors.clock.now,
    });
  });

  it('R-010: of 50 uses at once lets one through', async () => {
    const { recoveryCodes } = await withTotp();
    const [first = ''] = recoveryCodes;
    const attempts = fifty.map((index) =>
      factors.check.code(account, first, { ...by, address: `192.0.2.${index}` }),
    );
    expect(await outcomes(attempts)).toMatchObject({ passed: 1 });
  });

  it('of before is worth nothing after new ones were made', async () => {
    const { recoveryCodes } = await withTotp();
    const [next = ''] = await factors.service.renewRecoveryCodes(account, by);
    await expect(code(recoveryCodes[0] ?? '')).rejects.toMatchObject({ fault: 'wrong' });
    await code(next);
  });
});

describe('S-111 S-112: guessing', () => {
  it('is slowed down after five wrong codes, with the same fault for whatever is wrong', async () => {
    await withTotp();
    for (let index = 0; index < 4; index++)
      await expect(code('000000')).rejects.toMatchObject({ fault: 'wrong' });
    await expect(code('not a code')).rejects.toMatchObject({ fault: 'wrong' });
    await expect(code('000000')).rejects.toMatchObject({ fault: 'throttled' });
  });

  it('from many addresses is bounded for the account, and does not lock the owner out', async () => {
    const { secret, recoveryCodes } = await withTotp();
    await code(codeAt(secret, factors.clock.now));
    const guesses = Array.from({ length: 200 }, (_, index) =>
      factors.check.code(account, '000000', { ...by, address: `198.51.${index}.1` }),
    );
    const counts = await outcomes(guesses);
    expect(counts['wrong']).toBeLessThanOrEqual(31);
    factors.clock.now += step;
    // Where the owner has been before, and by what cannot be guessed.
    expect(await code(codeAt(secret, factors.clock.now))).toContain('mfa');
    const elsewhere = { ...by, address: '203.0.113.9' };
    expect(await factors.check.code(account, recoveryCodes[0] ?? '', elsewhere)).toContain('mfa');
  });
});

describe('S-125: a passkey', () => {
  const alone = async (passkey: SoftPasskey, attack?: SignOptions) =>
    factors.check.alone(passkey.get(await requestOptions(), attack), binding, { ...by, name: undefined });

  it('alone says whose it is, and that it is more than one factor', async () => {
    expect(await alone(await withPasskey())).toEqual({ accountId: account, amr: ['hwk', 'user', 'mfa'] });
    expect(factors.events).toContainEqual(
      expect.objectContaining({ action: 'sign-in', detail: 'passkey', subject: account, result: 'success' }),
    );
    expect((await alone(await withPasskey({ synced: true }))).amr).toEqual(['swk', 'user', 'mfa']);
  });

  it('comes second without verifying its owner, unless that is demanded', async () => {
    const passkey = await withPasskey();
    const answer = passkey.get(await requestOptions(), { userVerified: false, userHandle: undefined });
    expect(await factors.check.passkey(account, answer, binding, by)).toEqual(['hwk', 'user', 'mfa']);
    await expect(alone(passkey, { userVerified: false })).rejects.toMatchObject({ fault: 'wrong' });
  });

  it.each<[string, SignOptions]>([
    ['another origin', { origin: 'https://login.example.com.evil.example' }],
    ['another relying party', { rpId: 'example.com' }],
    ['an answer of the other kind', { type: 'webauthn.create' }],
    ['nobody present', { userPresent: false }],
    ['another account’s handle', { userHandle: Buffer.alloc(32).toString('base64url') }],
    ['no handle', { userHandle: undefined }],
    ['another raw id', { rawId: 'AAAA' }],
    ['the signature of another key', { isForged: true }],
    ['a challenge that was not issued', { challenge: Buffer.from('1.2.3').toString('base64url') }],
  ])('is refused with %s', async (_what, attack) => {
    await expect(alone(await withPasskey(), attack)).rejects.toMatchObject({ fault: 'wrong' });
  });

  it('is refused when it is unknown, of another browser’s session, or no answer at all', async () => {
    const passkey = await withPasskey();
    const options = await requestOptions();
    const nobody = { ...by, name: undefined };
    for (const [answer, session] of [
      [createSoftPasskey(issuer).get(options), binding],
      [passkey.get(options), 'another session'],
      ['{}', binding],
      ['[]', binding],
      ['not JSON', binding],
    ] as const)
      await expect(factors.check.alone(answer, session, nobody)).rejects.toMatchObject({ fault: 'wrong' });
  });

  it('R-010: of 50 answers to one challenge has one taken', async () => {
    const passkey = await withPasskey({ counts: false });
    const options = await requestOptions();
    const attempts = fifty.map((index) =>
      factors.check.alone(passkey.get(options), binding, { ...by, address: `192.0.2.${index}` }),
    );
    expect(await outcomes(attempts)).toMatchObject({ passed: 1 });
  });

  it('is not taken again, whoever has overheard it', async () => {
    const answer = (await withPasskey({ counts: false })).get(await requestOptions());
    const nobody = { ...by, name: undefined };
    expect((await factors.check.alone(answer, binding, nobody)).accountId).toBe(account);
    await expect(factors.check.alone(answer, binding, nobody)).rejects.toMatchObject({ fault: 'wrong' });
  });

  it('is too late after five minutes', async () => {
    const passkey = await withPasskey();
    const answer = passkey.get(await requestOptions());
    factors.clock.now += 5 * 60_000;
    await expect(factors.check.alone(answer, binding, by)).rejects.toMatchObject({ fault: 'wrong' });
  });

  it('that has counted backwards is flagged, and opens nothing any more', async () => {
    const passkey = await withPasskey();
    await alone(passkey);
    await expect(alone(passkey, { counter: 1 })).rejects.toMatchObject({ fault: 'counter' });
    await expect(alone(passkey, { counter: 99 })).rejects.toMatchObject({ fault: 'wrong' });
    expect((await factors.service.list(account)).factors).toMatchObject([{ flagged: true }]);
    expect(factors.events).toContainEqual(expect.objectContaining({ result: 'failure', reason: 'counter' }));
  });

  it('that never counts is fine', async () => {
    const passkey = await withPasskey({ counts: false });
    await alone(passkey);
    expect((await alone(passkey)).accountId).toBe(account);
  });

  it('of an account that is gone opens nothing', async () => {
    const passkey = createSoftPasskey(issuer);
    const owner = { accountId: 'gone', passkeys: [], login: 'x', name: 'X' };
    const answer = passkey.create(await factors.relyingParty.creationOptions(binding, owner));
    await factors.enrolment.passkey('gone', { answer, binding, name: '' }, by);
    await expect(alone(passkey)).rejects.toMatchObject({ fault: 'wrong' });
  });
});

describe('S-125: a new passkey', () => {
  it.each<[string, SignOptions]>([
    ['another origin', { origin: 'https://login.example.com.evil.example' }],
    ['another relying party', { rpId: 'example.com' }],
    ['an answer of the other kind', { type: 'webauthn.get' }],
    ['nobody present', { userPresent: false }],
    ['another raw id', { rawId: 'AAAA' }],
    ['an algorithm that was not asked for', { algorithm: -65_535 }],
    ['a challenge that was not issued', { challenge: Buffer.from('1.2.3').toString('base64url') }],
  ])('is not enrolled with %s', async (_what, attack) => {
    const owner = { accountId: account, passkeys: [], login: 'jane', name: 'Jane' };
    const options = await factors.relyingParty.creationOptions(binding, owner);
    const made = { answer: createSoftPasskey(issuer).create(options, attack), binding, name: '' };
    await expect(factors.enrolment.passkey(account, made, by)).rejects.toMatchObject({ fault: 'wrong' });
    expect((await factors.records.read(account)).passkeys).toEqual([]);
  });

  it('is not enrolled by another browser, nor twice by one challenge', async () => {
    const owner = { accountId: account, passkeys: [], login: 'jane', name: 'Jane' };
    const options = await factors.relyingParty.creationOptions(binding, owner);
    const enrol = (session: string) =>
      factors.enrolment.passkey(
        account,
        { answer: createSoftPasskey(issuer).create(options), binding: session, name: '' },
        by,
      );
    await expect(enrol('another session')).rejects.toMatchObject({ fault: 'wrong' });
    await enrol(binding);
    await expect(enrol(binding)).rejects.toMatchObject({ fault: 'wrong' });
  });
});

describe('what an account has', () => {
  it('is listed, renamed, and removed but for the last one that is required', async () => {
    const { id } = await withPasskey();
    await factors.service.rename(account, id, ' Work \u0000laptop ', by);
    const { factors: list } = await factors.service.list(account);
    expect(list).toMatchObject([{ id, kind: 'WebAuthn', name: 'Work laptop', flagged: false }]);
    const any = { kinds: [], any: true };
    await expect(factors.service.remove(account, id, any, by)).rejects.toMatchObject({ fault: 'needed' });
    await withTotp();
    await factors.service.remove(account, id, any, by);
    const totpRule = { kinds: ['TOTP' as const], any: false };
    await expect(factors.service.remove(account, 'totp', totpRule, by)).rejects.toMatchObject({
      fault: 'needed',
    });
    await factors.service.remove(account, 'totp', { kinds: [], any: false }, by);
    expect(await factors.service.list(account)).toEqual({ factors: [], recoveryCodes: undefined });
    await expect(factors.service.remove(account, id, any, by)).rejects.toMatchObject({ fault: 'notFound' });
  });

  it('has one app and no passkey twice, of whatever account', async () => {
    const { secret } = await withTotp();
    const again = factors.enrolment.totp(account, secret, codeAt(secret, factors.clock.now), by);
    await expect(again).rejects.toMatchObject({ fault: 'exists' });
    const passkey = await withPasskey();
    for (const owner of [account, 'id-bob']) {
      const asking = { accountId: owner, passkeys: [], login: '', name: '' };
      const options = await factors.relyingParty.creationOptions(binding, asking);
      const made = { answer: passkey.create(options), binding, name: '' };
      await expect(factors.enrolment.passkey(owner, made, by)).rejects.toMatchObject({ fault: 'exists' });
    }
  });

  it('is sealed anew with another key at the next start, and ends a start without its key', async () => {
    const { secret } = await withTotp();
    const key = (byte: number) => Buffer.alloc(32, byte);
    const open = (keys: Parameters<typeof createSealer>[0]) =>
      createFactorRecords(factors.store, createSealer(keys));
    await open({ current: key(8), previous: [key(7)] }).sealAnew();
    const { totp } = await open({ current: key(8), previous: [] }).read(account);
    expect(totp?.secret).toBe(secret);
    for (const keys of [undefined, { current: key(7), previous: [] }])
      await expect(open(keys).sealAnew()).rejects.toMatchObject({ code: 'SP_STORE_SEALED' });
  });

  it('is gone after a reset, and the passkey can be enrolled by somebody else', async () => {
    const { id } = await withPasskey();
    expect(await factors.service.reset(account, { name: 'admin' })).toBe(true);
    expect(await factors.service.reset(account, { name: 'admin' })).toBe(false);
    // What was shown in a session may be in other hands; a reset that was interrupted can be done again.
    expect(factors.ended).toEqual([account, account]);
    expect(await factors.records.ownerOf(id)).toBeUndefined();
    expect((await factors.store.list('identity/factors/')).entries).toEqual([]);
  });
});
