import { describe, expect, it } from 'vitest';
import { createCsrf, isCrossSite } from '../../src/http/index.ts';

describe('form tokens', () => {
  const csrf = createCsrf(() => ['key']);
  const token = csrf.token('session');
  it.each<[string, string, unknown, boolean]>([
    ['its own', 'session', token, true],
    ['another session’s', 'other', token, false],
    ['another server’s', 'session', createCsrf(() => ['other']).token('session'), false],
    ['cut', 'session', token.slice(0, -2), false],
    ['empty', 'session', '', false],
    ['none', 'session', undefined, false],
    ['two', 'session', [token, token], false],
  ])('%s', (_name, session, given, expected) => {
    expect(csrf.verify(session, given)).toBe(expected);
  });
});

describe('whether another site made the browser send a request', () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin' }, false],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, false],
    [{ 'sec-fetch-site': 'same-site' }, true],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    [{ 'sec-fetch-site': 'none' }, true],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://us.example' }, true],
    [{ origin: 'https://us.example' }, false],
    [{ origin: 'https://us.example:8443' }, true],
    [{ origin: 'http://us.example' }, true],
    [{ origin: 'https://us.example.evil' }, true],
    [{ origin: 'null' }, false],
  ])('%j: %j', (headers, expected) => {
    expect(isCrossSite(headers, 'https://us.example')).toBe(expected);
  });
});
