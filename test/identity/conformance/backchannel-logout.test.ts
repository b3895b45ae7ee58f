/**
 * The modules of the OpenID Foundation's Back-channel logout plan
 * (`oidcc-backchannel-rp-initiated-logout-certification-test-plan`), one test each, named as there, over TLS as
 * the product is served.
 */
import * as jose from 'jose';
import { expect, it, onTestFinished } from 'vitest';
import { openRelyingPartyServer } from '../logout/relying-party-server.ts';
import { openDoor } from '../support/door.ts';
import { expectHttpsEndpoints, readDiscovery } from './discovery-document.ts';
import { openRelyingParty } from './relying-party.ts';

const planClient = { id: 'plan', secret: 'plan-secret', redirectUri: 'https://rp.example/test/a/callback' };
const bye = 'https://rp.example/test/a/post_logout_redirect';

it('oidcc-backchannel-logout-discovery-endpoint-verification', async () => {
  const door = await openDoor({ secure: true });
  onTestFinished(() => door.close());
  const document = await readDiscovery(door);
  expectHttpsEndpoints(door, document);
  expect(document).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    end_session_endpoint: `${door.issuer}/logout`,
  });
});

it('oidcc-backchannel-rp-initiated-logout', async () => {
  const server = await openRelyingPartyServer();
  onTestFinished(() => server.close());
  const { id, secret, redirectUri } = planClient;
  const door = await openDoor({
    secure: true,
    clients: [
      {
        id,
        secret,
        redirectURIs: [redirectUri],
        postLogoutRedirectURIs: [bye],
        backchannelLogoutURI: server.url,
      },
    ],
  });
  onTestFinished(() => door.close());
  const rp = await openRelyingParty(door, planClient);
  const browser = door.browser();
  const { claims, idToken } = await rp.complete(browser);
  expect(claims['sid']).toBeTypeOf('string');

  const state = 's'.repeat(128);
  const url = new URL(rp.config.serverMetadata().end_session_endpoint ?? '');
  const parameters = { id_token_hint: idToken, post_logout_redirect_uri: bye, state };
  url.search = new URLSearchParams(parameters).toString();
  const left = await browser.submit(await browser.open(url.href), { logout: 'yes' });
  expect(left.url).toBe(`${bye}?state=${state}`);

  await server.receivedCount(1);
  const [{ contentType, fields, token } = { contentType: '', fields: [], token: '' }, ...more] =
    server.received;
  expect([fields, more]).toEqual([['logout_token'], []]);
  expect(contentType).toMatch(/^application\/x-www-form-urlencoded\b/);
  const keys = jose.createRemoteJWKSet(new URL(rp.config.serverMetadata().jwks_uri ?? ''));
  const { payload } = await jose.jwtVerify(token, keys, {
    algorithms: ['RS256'],
    issuer: door.issuer,
    audience: id,
    typ: 'logout+jwt',
    requiredClaims: ['iat', 'exp', 'jti'],
  });
  expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
  expect([payload.sub, payload['sid']]).toEqual([claims.sub, claims['sid']]);
  expect(payload).not.toHaveProperty('nonce');

  const { callback } = await rp.answer(browser, { prompt: 'none' });
  expect(callback.searchParams.get('error')).toBe('login_required');
});
