import type { Request, Response } from 'express';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backWith,
  hasNotice,
  noticeStatus,
  type PageNotice,
  takeNotice,
} from '../../../src/identity/interaction/page-notice.ts';

/** As far as these functions look at them. */
function request(session: object, method = 'GET'): Request {
  return { session, method } as unknown as Request;
}

function answer() {
  const headers = new Map<string, string>();
  const setHeader = (name: string, value: string) => headers.set(name, value);
  const res = { statusCode: 200, setHeader, end: () => undefined };
  return { headers, res: res as unknown as Response };
}

const wrong: PageNotice = { isProblem: true, text: 'wrongCredentials', field: 'password' };

describe('what a page has to say', () => {
  it('is said by that page alone, once, and by the last form that was sent from it', () => {
    const path = fc.constantFrom('/a', '/b', '/c/d');
    const step = fc.record({ path, sent: fc.boolean(), words: fc.string() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const session = {};
        const expected = new Map<string, string>();
        for (const { path, sent, words } of steps) {
          if (sent) {
            backWith(request(session, 'POST'), answer().res, path, { isProblem: true, words });
            expected.set(path, words);
            continue;
          }
          expect(hasNotice(request(session), path)).toBe(expected.has(path));
          expect(takeNotice(request(session), path)?.words).toBe(expected.get(path));
          expected.delete(path);
        }
      }),
    );
  });

  it('leads to the page and to nothing else, by GET, and is in no address', () => {
    const session = {};
    const { res, headers } = answer();
    backWith(request(session, 'POST'), res, '/interaction/secret', { ...wrong, typed: { username: 'jane' } });
    expect([res.statusCode, headers.get('Location'), headers.get('Cache-Control')]).toEqual([
      303,
      '/interaction/secret',
      'no-store',
    ]);
    // The path of a sign-in is for its browser alone; the session's record is in the store.
    expect(JSON.stringify(session)).not.toContain('secret');
  });

  it('stays for who looks, when a program has asked for the page’s head', () => {
    const session = {};
    backWith(request(session, 'POST'), answer().res, '/a', wrong);
    expect(takeNotice(request(session, 'HEAD'), '/a')).toBeUndefined();
    expect(takeNotice(request(session), '/a')).toEqual(wrong);
  });

  it('is kept of the last eight pages, so that a session’s record cannot grow', () => {
    const session = {};
    for (let at = 0; at < 20; at++) backWith(request(session, 'POST'), answer().res, `/${at}`, wrong);
    const left = Array.from({ length: 20 }, (_, at) => at).filter((at) =>
      hasNotice(request(session), `/${at}`),
    );
    expect(left).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it('is a 429 with its time where it is to wait, and no error of the page otherwise', () => {
    const { res, headers } = answer();
    expect(noticeStatus(res, undefined)).toBe(200);
    expect(noticeStatus(res, wrong)).toBe(200);
    expect(headers.size).toBe(0);
    expect(noticeStatus(res, { ...wrong, retryAfter: 7 })).toBe(429);
    expect([...headers]).toEqual([['Retry-After', '7']]);
  });
});
