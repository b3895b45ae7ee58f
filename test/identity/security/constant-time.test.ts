import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createCsrf } from '../../../src/http/index.ts';
import { type Door, loopback, openDoor, postToken, startAuthorization, walk } from '../support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

/** Counts the comparisons that take as long whatever differs. */
function countComparisons(): () => number {
  const { timingSafeEqual } = crypto;
  let count = 0;
  crypto.timingSafeEqual = (first, second) => {
    count++;
    return timingSafeEqual(first, second);
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    crypto.timingSafeEqual = timingSafeEqual;
    syncBuiltinESMExports();
  });
  return () => count;
}

describe('S-051 S-084: compared in constant time are', () => {
  it('the secrets of clients', async () => {
    const comparisons = countComparisons();
    const { status } = await postToken(door, {
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id: 'web',
      client_secret: 'w',
    });
    expect([status, comparisons() > 0]).toEqual([401, true]);
  });

  it('code verifiers', async () => {
    const config = await door.relyingParty('kubectl');
    const attempt = await startAuthorization(config, { redirect_uri: loopback, scope: 'openid' });
    const page = await walk(door.browser(), attempt.url);
    const comparisons = countComparisons();
    const { status } = await postToken(door, {
      grant_type: 'authorization_code',
      client_id: 'kubectl',
      redirect_uri: loopback,
      code: new URL(page.url).searchParams.get('code') ?? '',
      code_verifier: client.randomPKCECodeVerifier(),
    });
    expect([status, comparisons() > 0]).toEqual([400, true]);
  });

  it('form tokens, of whatever length', () => {
    const csrf = createCsrf(() => ['key']);
    const comparisons = countComparisons();
    expect(csrf.verify('session', createCsrf(() => ['other']).token('session'))).toBe(false);
    expect(comparisons()).toBe(1);
    expect(csrf.verify('session', 'short')).toBe(false);
  });
});
