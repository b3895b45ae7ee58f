import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkRequestTarget,
  parseGoQuery,
  RequestInfoError,
  resolveRequestInfo,
} from '../../src/kube/index.ts';

describe('checkRequestTarget', () => {
  it.each([
    '/',
    '/?',
    '/?x',
    '/api/v1/pods',
    '/api/v1/pods/',
    '/apis/apps/v1/namespaces/dev/deployments?labelSelector=app%3Dweb%2Ctier!%3Ddb&limit=500',
    '/api/v1/namespaces/ns1/pods/web:80/proxy/a...b/..c/.d',
    '/.well-known/openid-configuration',
    '/api/v1/pods/%70%20%e2%82%ac',
    '/api/v1/pods/a%252fb', // decoded once: the name a%2fb, which nothing has
    '/api/v1/pods?fieldSelector=a/b//../%2f\\;x=%zz', // the query is read by one parser only, ours and Go's
    '/api/v1/pods/"<|^`{}>[]',
    `/api/v1/pods?${'a&'.repeat(999)}a`,
  ])('accepts %s', (target) => {
    expect(checkRequestTarget(target)).toBeUndefined();
  });

  const START = 'the target does not begin with a slash';
  const EMPTY = 'an empty segment in the path';
  const DOTS = 'a dot segment in the path';
  const SLASH = 'an encoded slash or backslash in the path';
  const PERCENT = 'a malformed percent-encoding in the path';
  const UTF8 = 'a percent-encoding in the path that is not UTF-8';
  const CHARACTER = 'a space, control or non-ASCII character in the target';

  it.each([
    ['', START],
    ['*', START],
    ['api/v1/pods', START],
    ['http://evil/x', START], // S-190
    ['evil:443', START],
    ['//evil/x', EMPTY], // S-189
    ['/api//v1', EMPTY], // S-197
    ['/api/v1/pods//', EMPTY],
    ['//', EMPTY],
    ['/./api', DOTS], // S-191
    ['/api/..', DOTS],
    ['/api/../x?y', DOTS],
    ['/healthz/%2e%2e/api', DOTS],
    ['/healthz/.%2E/api', DOTS],
    ['/api/%2e', DOTS],
    ['/api%2fv1', SLASH], // S-192
    ['/api%5Cv1', SLASH],
    ['/api\\v1', 'a backslash in the path'],
    ['/healthz/..;/api', 'a semicolon in the path'], // S-193
    ['/api/v1/pods;x=1', 'a semicolon in the path'],
    ['/api#x', 'a fragment in the target'], // S-194
    ['/api?x#y', 'a fragment in the target'],
    ['/api/%', PERCENT], // S-196
    ['/api/%4', PERCENT],
    ['/api/%u002e', PERCENT],
    ['/api/%c0%ae%c0%ae/x', UTF8],
    ['/api/%ff', UTF8],
    ['/api/%ed%a0%80', UTF8],
    ['/api/%00', 'an encoded NUL in the path'],
    ['/api v1', CHARACTER],
    ['/api\tv1', CHARACTER],
    ['/api?a\x7f', CHARACTER],
    ['/api/\u00fc', CHARACTER],
    ['/api/v1\r\nHost: evil', CHARACTER],
    [`/api?${'&'.repeat(1000)}`, 'more than 1000 query parameters'],
  ])('refuses %j', (target, reason) => {
    expect(checkRequestTarget(target)).toBe(reason);
  });

  const piece = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('/', 'api', 'apis', 'v1', 'pods', 'namespaces', 'watch', '.', '..'),
    },
    fc.constantFrom(
      '%2e',
      '%2E',
      '%2f',
      '%5c',
      '%25',
      '%c3%bc',
      '%20',
      '%00',
      '%ff',
      ';',
      '?',
      '#',
      '\\',
      ' ',
    ),
    fc.string({ maxLength: 3 }),
  );
  const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);

  it('accepts only what the WHATWG URL parser splits into the same segments (S-188)', () => {
    fc.assert(
      fc.property(target, (accepted) => {
        fc.pre(checkRequestTarget(accepted) === undefined);
        const url = new URL(accepted, 'http://gateway');
        expect(url.host).toBe('gateway');
        expect(url.hash).toBe('');
        const theirs = url.pathname.split('/').map(decodeURIComponent);
        expect(theirs).toEqual(pathOf(accepted).split('/'));
        const raw = accepted.includes('?') ? accepted.slice(accepted.indexOf('?')) : '';
        expect(parseGoQuery(url.search.slice(1))).toEqual(parseGoQuery(raw.slice(1)));
      }),
      { numRuns: 3000 },
    );
  });

  it('accepts nothing in its fast path that the explained rules refuse', () => {
    // An escaped letter in front forces the slow path without changing the meaning of the rest.
    fc.assert(
      fc.property(target, (any) => {
        expect(checkRequestTarget(`/%61${any}`) === undefined).toBe(
          checkRequestTarget(`/a${any}`) === undefined,
        );
      }),
      { numRuns: 3000 },
    );
  });
});

/** The path that is authorized. A verb in the path that names nothing is refused later, with a 500. */
function pathOf(target: string): string {
  try {
    return resolveRequestInfo('POST', target).path;
  } catch (error) {
    if (error instanceof RequestInfoError) return decodeURIComponent(target.split('?')[0] ?? '');
    throw error;
  }
}
