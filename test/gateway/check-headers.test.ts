import { describe, expect, it } from 'vitest';
import { checkHeaders } from '../../src/gateway/check-headers.ts';

const GOOD = ['Host', 'gw:8443', 'Authorization', 'Bearer x'];

describe('headers', () => {
  it.each([
    ['one Host and one token', GOOD],
    ['no Host, as over HTTP/1.0', ['Accept', '*/*']],
    ['an address as Host', ['Host', '[::1]:8443']],
    ['an authority and the same Host', [':authority', 'gw', 'host', 'gw']],
    ['a blank within a value', [':method', 'GET', 'user-agent', 'a b']],
    ['no value', [':method', 'GET', 'x', '']],
    ['S-181 200 fields', Array.from({ length: 400 }, () => 'x')],
    ['names of the same length', ['From', 'a', 'From', 'b', 'X-Description', 'a', 'X-Description', 'b']],
  ])('are plain: %s', (_what, rawHeaders) => expect(checkHeaders(rawHeaders)).toBeUndefined());

  it.each([
    ['S-208 two tokens', [...GOOD, 'AUTHORIZATION', 'Bearer x'], 'more than one Authorization header'],
    ['two Hosts', [...GOOD, 'hOST', 'gw:8443'], 'more than one Host'],
    [
      'S-182 a Host that is not the authority',
      [':authority', 'gw', 'host', 'evil'],
      'Host and :authority differ',
    ],
    [
      'a blank before a value',
      [':method', 'GET', 'impersonate-user', ' jane'],
      "a blank at an end of a field's value",
    ],
    [
      'a tab after a value',
      [':method', 'GET', 'impersonate-user', 'jane\t'],
      "a blank at an end of a field's value",
    ],
    ['an empty Host', ['Host', ''], 'the Host is not a plain name'],
    ['user information', ['Host', 'a@gw'], 'the Host is not a plain name'],
    ['a list of Hosts', ['Host', 'gw, evil'], 'the Host is not a plain name'],
    ['user information in the authority', [':authority', 'a@gw'], 'the Host is not a plain name'],
    ['S-181 201 fields', Array.from({ length: 402 }, () => 'x'), 'more than 200 header fields'],
  ])('are refused: %s', (_what, rawHeaders, text) => expect(checkHeaders(rawHeaders)).toBe(text));
});
