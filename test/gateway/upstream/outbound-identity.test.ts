import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { outboundIdentity } from '../../../src/gateway/upstream/outbound-identity.ts';

const user = { username: 'jill', groups: ['system:authenticated'] };

function authorized(...rawHeaders: string[]) {
  return { request: { rawHeaders } as IncomingMessage, user };
}

describe('what passes through', () => {
  it("is the token that was authenticated, and whom the caller wants to act as, in the caller's own words", () => {
    const request = authorized(
      'Authorization',
      'bearer first more',
      'Impersonate-User',
      'jill',
      'Impersonate-Group',
      'a,b',
      'Impersonate_User',
      'root',
      'X-Remote-User',
      'root',
      'Authorization',
      'Bearer second',
    );
    expect(outboundIdentity('passThrough', request, { token: 'own' })).toEqual([
      'authorization',
      'Bearer first',
      'Impersonate-User',
      'jill',
      'Impersonate-Group',
      'a,b',
    ]);
  });

  it.each([[[]], [['Authorization', 'Basic YTpi']], [['Authorization', 'Bearer']]])(
    'is never nothing, nor another kind of credential: %j',
    (rawHeaders) => {
      expect(() => outboundIdentity('passThrough', authorized(...rawHeaders), { token: 'own' })).toThrow(
        /the caller's own bearer token, and the request has none/,
      );
    },
  );

  it('is never one of two tokens', () => {
    const request = authorized(
      'Authorization',
      'Bearer first',
      'Connection',
      'Upgrade',
      'Upgrade',
      'websocket',
      'Sec-WebSocket-Protocol',
      'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.c2Vjb25k',
    );
    expect(() => outboundIdentity('passThrough', request, { token: 'own' })).toThrow(
      /the caller's own bearer token, and the request has two/,
    );
  });
});

describe("the gateway's own account", () => {
  it('leaves out everything that the caller says of who they are', () => {
    const request = authorized('Authorization', 'Bearer theirs', 'Impersonate-User', 'root');
    expect(outboundIdentity('impersonate', request, { token: 'own' })).toEqual([
      'impersonate-user',
      'jill',
      'impersonate-group',
      'system:authenticated',
      'authorization',
      'Bearer own',
    ]);
    expect(outboundIdentity('fixed', request, { token: 'own' })).toEqual(['authorization', 'Bearer own']);
  });

  it('may be a certificate alone', () => {
    expect(outboundIdentity('fixed', authorized(), {})).toEqual([]);
  });
});
