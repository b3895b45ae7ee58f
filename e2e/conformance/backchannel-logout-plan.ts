/**
 * The modules of the OpenID Foundation's Back-channel logout plan
 * (`oidcc-backchannel-rp-initiated-logout-certification-test-plan`), named as there without their prefix `oidcc-backchannel-`.
 */
import * as jose from 'jose';
import { expect } from 'vitest';
import { expectHttpsEndpoints, readDiscovery } from './discovery-document.ts';
import type { Plan } from './plan.ts';
import { openRelyingParty } from './relying-party.ts';
import { bye, CLOCK_TOLERANCE, toldClient } from './subject.ts';

export const backchannelLogoutPlan: Plan = {
  'logout-discovery-endpoint-verification': async ({ subject }) => {
    const document = await readDiscovery(subject);
    expectHttpsEndpoints(subject, document);
    expect(document).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      end_session_endpoint: `${subject.issuer}/logout`,
    });
  },
  'rp-initiated-logout': async ({ subject }) => {
    const rp = await openRelyingParty(subject, toldClient);
    const browser = subject.browser();
    const { claims, idToken } = await rp.complete(browser);
    expect(claims['sid']).toBeTypeOf('string');

    const state = 's'.repeat(128);
    const url = new URL(rp.config.serverMetadata().end_session_endpoint ?? '');
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: bye, state };
    url.search = new URLSearchParams(parameters).toString();
    const left = await browser.submit(await browser.open(url.href), { logout: 'yes' });
    expect(left.url).toBe(`${bye}?state=${state}`);

    await subject.told.receivedCount(1);
    const [{ contentType, fields, token } = { contentType: '', fields: [], token: '' }, ...more] =
      subject.told.received;
    expect([fields, more]).toEqual([['logout_token'], []]);
    expect(contentType).toMatch(/^application\/x-www-form-urlencoded\b/);
    const keys = jose.createRemoteJWKSet(new URL(rp.config.serverMetadata().jwks_uri ?? ''));
    const { payload } = await jose.jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: subject.issuer,
      audience: toldClient.id,
      clockTolerance: CLOCK_TOLERANCE,
      typ: 'logout+jwt',
      requiredClaims: ['iat', 'exp', 'jti'],
    });
    expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} });
    expect([payload.sub, payload['sid']]).toEqual([claims.sub, claims['sid']]);
    expect(payload).not.toHaveProperty('nonce');

    const { callback } = await rp.answer(browser, { prompt: 'none' });
    expect(callback.searchParams.get('error')).toBe('login_required');
  },
};
