import { describe, expect, it } from 'vitest';
import { createStaticTokens, parseTokenFile } from '../../../src/gateway/index.ts';

describe('tokens by a list', () => {
  it('stand for their user, who is authenticated', () => {
    const tokens = createStaticTokens();
    tokens.add('s3cret', { username: 'jane', uid: '7', groups: ['developers'] });
    expect(tokens.authenticate('s3cret')).toEqual({
      outcome: 'authenticated',
      user: { username: 'jane', uid: '7', groups: ['developers', 'system:authenticated'] },
      expiresAt: Number.POSITIVE_INFINITY,
    });
    expect(tokens.authenticate('s3cret ')).toEqual({ outcome: 'notMine' });
    expect(tokens.authenticate('')).toEqual({ outcome: 'notMine' });
  });

  it('come from a file as kube-apiserver reads it', () => {
    const text = 'abc,jane,u1,"developers,admins"\r\n\ndef,"o""neil",,\nghi,joe,u3\n';
    expect(parseTokenFile(text, 'tokens.csv')).toEqual([
      { token: 'abc', user: { username: 'jane', uid: 'u1', groups: ['developers', 'admins'] } },
      { token: 'def', user: { username: 'o"neil', groups: [] } },
      { token: 'ghi', user: { username: 'joe', uid: 'u3', groups: [] } },
    ]);
  });

  it.each([
    ['abc,jane', 'tokens.csv:1: expected token,user name,user uid[,"group,group"]; found 2 columns'],
    ['a,b,c\n,jane,u', 'tokens.csv:2: the token and the user name must not be empty'],
    ['abc,"jane,u', 'tokens.csv:1: a quotation mark is out of place'],
  ])('say where a file is wrong: %j', (text, message) => {
    expect(() => parseTokenFile(text, 'tokens.csv')).toThrow(message);
  });
});
