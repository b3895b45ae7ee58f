import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { RecoveryRecord } from './factor-record.ts';

const count = 10;

/** Crockford's Base32: nothing in it is mistaken for something else. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 80 bits: nobody can search them through, from the hash neither. */
const length = 16;

const written = /^[0-9A-HJKMNP-TV-Z]{16}$/;

function hashOf(code: string, salt: string): string {
  return createHmac('sha256', salt).update(code).digest('base64url');
}

function group(code: string): string {
  return code.match(/.{4}/g)?.join('-') ?? code;
}

export interface NewRecoveryCodes {
  /** As people are shown them, this once. */
  readonly codes: readonly string[];
  readonly record: RecoveryRecord;
}

export function newRecoveryCodes(now: number): NewRecoveryCodes {
  const codes = Array.from({ length: count }, () =>
    Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join(''),
  );
  const salt = randomBytes(32).toString('base64url');
  const record = { salt, createdAt: now, codes: codes.map((code) => ({ hash: hashOf(code, salt) })) };
  return { codes: codes.map(group), record };
}

/** A recovery code however it is typed; undefined for what is none. */
export function readRecoveryCode(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return written.test(code) ? code : undefined;
}

/** The record after the use of a code; undefined when there is no such code left. */
export function useRecoveryCode(
  record: RecoveryRecord,
  code: string,
  now: number,
): RecoveryRecord | undefined {
  const hash = hashOf(code, record.salt);
  const found = record.codes.find((one) => one.hash === hash && one.usedAt === undefined);
  if (found === undefined) return undefined;
  return { ...record, codes: record.codes.map((one) => (one === found ? { hash, usedAt: now } : one)) };
}

export function codesLeft(record: RecoveryRecord | undefined): number {
  return record?.codes.filter(({ usedAt }) => usedAt === undefined).length ?? 0;
}
