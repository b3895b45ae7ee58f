import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstreamCheck, type UpstreamCheck } from '../../../src/gateway/readiness/index.ts';

type Answer = number | 'refused' | 'silent';

let check: UpstreamCheck;
afterEach(() => check.close());

/** A check whose timers the test runs. */
function setUp(ownCredentials = true) {
  let answer: Answer = 'refused';
  const asked: string[] = [];
  const timers = new Map<() => void, number>();
  check = createUpstreamCheck({
    client: {
      async request({ method, path, signal }) {
        asked.push(`${method} ${path}`);
        if (answer === 'refused') throw new Error('connect ECONNREFUSED 10.0.0.1:6443');
        if (answer === 'silent') await new Promise((_, failed) => signal?.addEventListener('abort', failed));
        return { status: Number(answer), retryAfter: undefined, body: Readable.from(['secret']) };
      },
    },
    ownCredentials,
    schedule(ms, callback) {
      timers.set(callback, ms);
      return () => timers.delete(callback);
    },
    log: { info() {}, warn() {} },
  });
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  };
  return {
    asked,
    waits: () => [...timers.values()],
    /** Lets the next look happen. */
    async look(given: Answer) {
      await settle();
      answer = given;
      const [[callback] = []] = timers;
      if (callback === undefined) throw new Error('nothing is scheduled');
      timers.delete(callback);
      callback();
      await settle();
      return check.failing();
    },
  };
}

describe('the look at the API server', () => {
  it('is not passed before the first answer, and is with it', async () => {
    const { look } = setUp();
    expect(check.failing()).toBe('the API server has not answered yet');
    expect(await look(200)).toBeUndefined();
  });

  it('finds the server away after three failures in a row, and back after two answers', async () => {
    const { look } = setUp();
    await look(200);
    expect([await look('refused'), await look('refused')]).toEqual([undefined, undefined]);
    expect(await look('refused')).toBe('the API server does not answer');
    expect(await look(200)).toBe('the API server does not answer');
    expect(await look(200)).toBeUndefined();
  });

  it('does not flap with a server that does', async () => {
    const { look } = setUp();
    await look(200);
    for (let round = 0; round < 20; round++) {
      expect(await look('refused')).toBeUndefined();
      expect(await look(200)).toBeUndefined();
    }
  });

  it('looks every five seconds, and every second while it is in doubt', async () => {
    const { look, waits } = setUp();
    await look(200);
    expect(waits()).toEqual([5_000]);
    await look('refused');
    expect(waits()).toEqual([1_000]);
    await look(200);
    expect(waits()).toEqual([5_000]);
  });

  it('causes no request when it is asked', async () => {
    const { look, asked } = setUp();
    await look(200);
    const before = asked.length;
    for (let at = 0; at < 100; at++) check.failing();
    expect(asked.length).toBe(before);
    expect(new Set(asked)).toEqual(new Set(['GET /readyz']));
  });

  it('waits five seconds for an answer', async () => {
    const { look, waits } = setUp();
    await look(200);
    await look('silent');
    expect(waits()).toEqual([5_000]);
    // The time runs out: that was a failure.
    expect(await look('silent')).toBeUndefined();
    expect(waits()).toEqual([1_000]);
  });

  it.each([
    [403, true, undefined],
    [404, true, undefined],
    [401, true, "the API server does not take the gateway's credentials"],
    [401, false, undefined],
    [500, true, 'the API server is not ready (HTTP 500)'],
  ])('takes %i with its own credentials %s as %s', async (status, ownCredentials, failure) => {
    const { look } = setUp(ownCredentials);
    await look(200);
    await look(status);
    await look(status);
    expect(await look(status)).toBe(failure);
  });

  it('says nothing of addresses and answers', async () => {
    const { look } = setUp();
    for (const answer of ['refused', 500, 401, 'refused', 'refused'] as const) {
      expect(await look(answer)).not.toMatch(/10\.0\.0\.1|secret|ECONN/);
    }
  });
});
