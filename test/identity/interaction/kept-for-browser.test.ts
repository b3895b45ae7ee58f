import type { Request } from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeptForBrowser, type KeptRecord } from '../../../src/identity/interaction/kept-for-browser.ts';
import { createExpiring, createMemoryStore } from '../../../src/store/index.ts';

function open() {
  const clock = { now: 1_000 };
  const now = () => clock.now;
  const store = createMemoryStore();
  const records = createExpiring<KeptRecord>(store, { prefix: 'identity/kept/', now });
  const inStore = async () => (await store.list('')).entries.map(({ key, value }) => key + value).join();
  return { clock, inStore, kept: createKeptForBrowser({ records, now }) };
}

/** As far as these functions look at one. */
function browser(sessionID: string, method = 'GET'): Request {
  return { sessionID, method, session: { form: true } } as unknown as Request;
}

describe('what is kept for a browser', () => {
  it('is shown once, however many look at once; then the page says that it was shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.integer({ min: 1, max: 6 }), async (content, looks) => {
        const { kept } = open();
        await kept.keep(browser('a'), '/codes', content);
        const seen = await Promise.all(
          Array.from({ length: looks }, () => kept.take(browser('a'), '/codes')),
        );
        expect(seen.filter((one) => one !== 'shown')).toEqual([{ content }]);
        expect(await kept.take(browser('a'), '/codes')).toBe('shown');
      }),
      { numRuns: 30 },
    );
  });

  it('is nobody else’s, and no other page’s', async () => {
    const { kept } = open();
    await kept.keep(browser('a'), '/codes', 'secret');
    expect(await kept.take(browser('b'), '/codes')).toBeUndefined();
    expect(await kept.take(browser('a'), '/other')).toBeUndefined();
    expect(await kept.look(browser('b'), '/codes')).toBeUndefined();
  });

  it('is in the store for nobody to read who has the store alone', async () => {
    const { kept, inStore } = open();
    await kept.keep(browser('the-session'), '/codes', 'the-secret');
    await kept.keep(browser('the-session'), '/changes', 'the-secret', 'jane');
    const text = await inStore();
    expect(text).toContain('sealed');
    for (const told of ['the-secret', 'the-session', '/codes', 'jane']) expect(text).not.toContain(told);
    // Nor to whom the store answers in another browser of the same person.
    expect(await kept.look(browser('another'), '/changes', 'jane')).toBeUndefined();
    await kept.take(browser('the-session'), '/codes');
    await kept.keep(browser('the-session'), '/changes', '', 'jane');
    expect(await inStore()).not.toBe(text);
  });

  it('is left alone by who asks for a page’s head, and ends by itself', async () => {
    const { kept, clock } = open();
    await kept.keep(browser('a'), '/codes', 'secret');
    expect(await kept.take(browser('a', 'HEAD'), '/codes')).toBeUndefined();
    clock.now += 5 * 60_000 - 1;
    expect(await kept.look(browser('a'), '/codes')).toBe('secret');
    clock.now += 1;
    expect(await kept.take(browser('a'), '/codes')).toBeUndefined();
  });

  it('is one thing a person where it is long: the last', async () => {
    const { kept } = open();
    await kept.keep(browser('a'), '/changes', 'first', 'jane');
    await kept.keep(browser('b'), '/changes', 'second', 'jane');
    expect(await kept.look(browser('a'), '/changes', 'jane')).toBeUndefined();
    expect(await kept.look(browser('b'), '/changes', 'jane')).toBe('second');
  });

  it('is kept for a browser only that has been shown a form', async () => {
    const { kept } = open();
    const stranger = { sessionID: 'c', method: 'POST', session: {} } as unknown as Request;
    await expect(kept.keep(stranger, '/codes', 'secret')).rejects.toThrow('no form');
  });
});
