import { createLocalJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { expect, it, onTestFinished } from 'vitest';
import { createReloadableAuthenticator } from '../../src/gateway/index.ts';
import { textOf } from '../identity/support/browser-like.ts';
import {
  type Door,
  openDoor,
  signInFor,
  startAuthorization,
  walk,
  webClient,
  webRedirect,
} from '../identity/support/door.ts';
import { cheapArgon2, good, operator } from '../identity/support/local-accounts.ts';
import { openRelyingPartyServer } from '../identity/support/relying-party-server.ts';

const request = { redirect_uri: webRedirect, scope: 'openid groups offline_access' };
const login = { username: 'ann', password: good };

/** The second door's look at tokens, beside the first. */
function gatewayBeside(door: Door) {
  const authenticator = createReloadableAuthenticator({
    load: () => ({
      text: `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer: {url: "${door.issuer}", audiences: [web]}
  claimMappings: {username: {claim: sub, prefix: ""}}
`,
      file: 'authentication.yaml',
    }),
    builtIn: {
      issuer: door.issuer,
      jwks: () => door.identity.jwks(),
      isEnded: (sid) => door.identity.isEnded(sid),
    },
    now: Date.now,
    log: { warn: () => undefined },
  });
  onTestFinished(() => authenticator.close());
  return async (token: string) =>
    (await authenticator.authenticate(['Authorization', `Bearer ${token}`], '/api/v1/pods')).outcome;
}

it('a user who is disabled is out everywhere: at the application, in the browser, and at the gateway', async () => {
  const application = await openRelyingPartyServer();
  onTestFinished(() => application.close());
  const door = await openDoor({
    accounts: { argon2: cheapArgon2 },
    clients: [{ ...webClient, backchannelLogoutURI: application.url }],
  });
  onTestFinished(() => door.close());
  const ann = { email: 'ann@example.com', preferredUsername: 'ann', name: 'Ann', password: good };
  const user = await door.identity.users.create(ann, operator);
  const config = await door.relyingParty('web', 'web-secret');
  const browser = door.browser();
  const { tokens } = await signInFor(config, browser, request, login);
  const outcomeOf = gatewayBeside(door);
  const idToken = tokens.id_token ?? '';
  expect(await outcomeOf(idToken)).toBe('authenticated');
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');

  await door.identity.users.disable(user.id, operator);

  // The gateway has the token in its memory of verified ones; the refreshed one it has never seen.
  expect(await outcomeOf(idToken)).toBe('unauthorized');
  expect(await outcomeOf(refreshed.id_token ?? '')).toBe('unauthorized');
  await expect(client.refreshTokenGrant(config, refreshed.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  await expect(client.fetchUserInfo(config, refreshed.access_token, user.id)).rejects.toThrow();
  for (const token of [refreshed.access_token, refreshed.refresh_token ?? '', idToken])
    expect(await client.tokenIntrospection(config, token)).toEqual({ active: false });
  expect(textOf(await browser.open(`${door.issuer}/`))).toContain('You are not signed in');
  expect(await door.identity.sessions.list(user.id)).toEqual([]);

  await application.receivedCount(1);
  const [{ token } = { token: '' }] = application.received;
  const keys = createLocalJWKSet({ keys: [...door.identity.jwks().keys] });
  const { payload } = await jwtVerify(token, keys, {
    issuer: door.issuer,
    audience: 'web',
    typ: 'logout+jwt',
  });
  expect(payload).toMatchObject({ sub: user.id, sid: tokens.claims()?.['sid'] });

  const again = await walk(door.browser(), (await startAuthorization(config, request)).url, login);
  expect(again.title).toMatch(/^Error: /);
  await door.identity.users.enable(user.id, operator);
  // What had ended stays so.
  expect(await outcomeOf(idToken)).toBe('unauthorized');
  const back = await signInFor(config, door.browser(), request, login);
  expect(await outcomeOf(back.tokens.id_token ?? '')).toBe('authenticated');
});
