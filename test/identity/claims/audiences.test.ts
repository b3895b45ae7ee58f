import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audienceScope, audiencesFor, untrustedScopes } from '../../../src/identity/claims/audiences.ts';

const scope = audienceScope;

describe('whom an ID token is for', () => {
  // Each answer is Dex's (GetAudience).
  it.each([
    [['openid'], ['app']],
    [[scope('app')], ['app']],
    [
      ['openid', scope('api')],
      ['api', 'app'],
    ],
    [
      [scope('api'), scope('app')],
      ['api', 'app'],
    ],
    [
      [scope('app'), scope('api')],
      ['app', 'api'],
    ],
    [
      [scope('one'), scope('two')],
      ['one', 'two', 'app'],
    ],
  ])('for scopes %j: %j', (scopes, audiences) => {
    expect(audiencesFor('app', scopes)).toEqual(audiences);
  });

  it('is always the client as well, and nobody twice', () => {
    const id = fc.string({ minLength: 1 });
    fc.assert(
      fc.property(id, fc.array(id), (client, peers) => {
        const audiences = audiencesFor(client, peers.map(scope));
        expect(audiences).toContain(client);
        expect(new Set(audiences)).toEqual(new Set([...peers, client]));
        expect(audiences).toHaveLength(new Set(audiences).size);
      }),
    );
  });
});

describe('scopes for other clients', () => {
  const trust = {
    trusts: (peer: string, client: string) => peer === client || (peer === 'api' && client === 'app'),
  };
  it.each([
    [[scope('api')], []],
    [[scope('app')], []],
    [['openid', scope('other'), scope('api')], [scope('other')]],
    [[scope('')], [scope('')]],
    [['audience:server:client_id', 'audience:other'], []],
  ])('of %j are refused: %j', (scopes, refused) => {
    expect(untrustedScopes('app', scopes, trust)).toEqual(refused);
  });
});
