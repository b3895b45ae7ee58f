import * as client from 'openid-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Registry } from '../../../src/telemetry/index.ts';
import { PATIENTLY } from '../../support/patiently.ts';
import { figure, scrape } from '../../telemetry/support/parse-exposition.ts';
import {
  credentials,
  type Door,
  loopback,
  openDoor,
  postToken,
  signInFor,
  startAuthorization,
  webClient,
  webRedirect,
} from '../support/door.ts';

describe('the figures of door 1', () => {
  let door: Door;
  let registry: Registry;

  beforeEach(async () => {
    registry = new Registry();
    door = await openDoor({
      registry,
      clients: [{ ...webClient, backchannelLogoutURI: 'http://127.0.0.1:9/never' }],
    });
  });
  afterEach(() => door.close());

  const signIn = async () =>
    signInFor(await door.relyingParty('kubectl'), door.browser(), {
      redirect_uri: loopback,
      scope: 'openid offline_access',
    });

  it('count sign-ins by what came of them', async () => {
    await signIn();
    const browser = door.browser();
    const { url } = await startAuthorization(await door.relyingParty('kubectl'), {
      redirect_uri: loopback,
      scope: 'openid',
    });
    const page = await browser.open(url);
    await browser.submit(page, { ...credentials, password: 'wrong' }, '/login');
    await browser.submit(page, { ...credentials, username: 'nobody' }, '/login');
    const samples = await scrape(registry);
    const of = (result: string) =>
      figure(samples, 'sallyport_identity_sign_ins_total', { source: 'pwd', result });
    expect([of('success'), of('wrongPassword'), of('unknownAccount')]).toEqual([1, 1, 1]);
    expect(of('throttled')).toBeUndefined();
    expect(figure(samples, 'sallyport_identity_throttled_total')).toBe(0);
  });

  it('count token requests by grant type and error', async () => {
    const { tokens } = await signIn();
    await client.refreshTokenGrant(await door.relyingParty('kubectl'), tokens.refresh_token ?? '');
    await postToken(door, { client_id: 'kubectl', grant_type: 'refresh_token', refresh_token: 'guessed' });
    await postToken(door, { client_id: 'kubectl', grant_type: `of-${'attackers'.repeat(9)}` });
    await postToken(door, { client_id: 'nobody', grant_type: 'refresh_token' });
    const samples = await scrape(registry);
    const of = (grant_type: string, result: string) =>
      figure(samples, 'sallyport_identity_token_requests_total', { grant_type, result });
    expect(of('authorization_code', 'success')).toBe(1);
    expect(of('refresh_token', 'success')).toBe(1);
    expect(of('refresh_token', 'invalid_grant')).toBe(1);
    expect(of('none', 'unsupported_grant_type')).toBe(1);
    expect(of('none', 'invalid_client')).toBe(1);
  });

  it('count sessions that ended, and why', async () => {
    const { tokens } = await signIn();
    const kubectl = await door.relyingParty('kubectl');
    const first = tokens.refresh_token ?? '';
    const next = await client.refreshTokenGrant(kubectl, first);
    await client.refreshTokenGrant(kubectl, next.refresh_token ?? '');
    await postToken(door, { client_id: 'kubectl', grant_type: 'refresh_token', refresh_token: first });
    await door.identity.sessions.endAllOf('id-jane');
    const samples = await scrape(registry);
    const of = (kind: string, cause: string) =>
      figure(samples, 'sallyport_identity_sessions_ended_total', { kind, cause });
    expect([of('application', 'reuse'), of('browser', 'request')]).toEqual([1, 1]);
    expect(of('application', 'request')).toBeUndefined();
  });

  it('time requests by endpoint and status', async () => {
    await signIn();
    await fetch(`${door.issuer}/nowhere/to/be/found`);
    await vi.waitFor(async () => {
      const samples = await scrape(registry);
      const of = (endpoint: string, code: string) =>
        figure(samples, 'sallyport_identity_request_duration_seconds_count', { endpoint, code });
      expect([of('token', '200'), of('sign_in', '303'), of('other', '404')]).toEqual([1, 1, 1]);
    }, PATIENTLY);
  });

  it('show sessions, keys and the queue of hashes as they are', async () => {
    const before = await scrape(registry);
    expect(figure(before, 'sallyport_identity_sessions')).toBe(0);
    await signIn();
    const samples = await scrape(registry);
    // The browser’s, and the client’s grant.
    expect(figure(samples, 'sallyport_identity_sessions')).toBe(2);
    expect(figure(samples, 'sallyport_identity_signing_key_age_seconds')).toBeGreaterThanOrEqual(0);
    expect(figure(samples, 'sallyport_identity_signing_key_next_rotation_seconds')).toBeGreaterThan(3600);
    expect(figure(samples, 'sallyport_identity_password_hashes', { state: 'running' })).toBe(0);
    expect(figure(samples, 'sallyport_identity_password_hashes_refused_total')).toBe(0);
  });

  it('count how clients are told of sign-outs', async () => {
    const web = await door.relyingParty('web', webClient.secret);
    await signInFor(web, door.browser(), { redirect_uri: webRedirect, scope: 'openid' });
    await door.identity.sessions.endAllOf('id-jane');
    await vi.waitFor(async () => {
      const samples = await scrape(registry);
      const attempts = { result: 'failed' };
      expect(figure(samples, 'sallyport_identity_backchannel_logouts_total', attempts)).toBe(1);
      expect(figure(samples, 'sallyport_identity_backchannel_logouts_waiting')).toBe(1);
      expect(figure(samples, 'sallyport_identity_backchannel_logouts_given_up')).toBe(0);
    }, PATIENTLY);
  });

  it('are shown without what the store would have to tell when it is away', async () => {
    await door.store.close();
    const samples = await scrape(registry);
    expect(figure(samples, 'sallyport_identity_sessions')).toBeUndefined();
    expect(figure(samples, 'sallyport_identity_password_hashes', { state: 'waiting' })).toBe(0);
  });

  it('S-273 name no person, client, address or secret', async () => {
    const { tokens } = await signIn();
    const { text } = await registry.expose();
    for (const secret of ['jane', 'kubectl', '127.0.0.1', tokens.access_token])
      expect(text).not.toContain(secret);
  });
});
