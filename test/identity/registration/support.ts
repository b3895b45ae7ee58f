import { expect } from 'vitest';
import { type Door, openDoor, webRedirect } from '../support/door.ts';

export const initialAccessToken = 'an-initial-access-token-of-enough-characters';
export const day = 24 * 3_600_000;
export const registration = { initialAccessToken, maxClients: 100, unusedFor: 30 * day };
export const grant_types = ['authorization_code', 'refresh_token'];
export const app = { client_name: 'An App', redirect_uris: [webRedirect], grant_types };
/** What such an application asks for when it signs somebody in. */
export const request = { redirect_uri: webRedirect, scope: 'openid email offline_access' };

/** Where everybody may register, and each request may come from another address. */
export const openToAll = (replicas = 1) =>
  openDoor({
    replicas,
    registration: { ...registration, initialAccessToken: undefined },
    trustedProxies: ['127.0.0.1'],
  });

/** Each request comes from an address of its own: what one may do is counted. */
let hosts = 0;

export interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly address?: string;
  readonly type?: string;
}

export async function send(
  url: string,
  { method = 'POST', token, body, address, type = 'application/json' }: Sent,
) {
  const answer = await fetch(url, {
    method,
    headers: {
      'x-forwarded-for': address ?? `192.0.2.${++hosts % 250}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: answer.status, headers: answer.headers, body: json };
}

export const registerAt = (at: Door, body: unknown, token?: string) =>
  send(`${at.issuer}/register`, { body, ...(token === undefined ? {} : { token }) });

/** A registered client, and what manages it. */
export async function registeredAt(at: Door, more: object = {}) {
  const { status, body } = await registerAt(at, { ...app, ...more }, initialAccessToken);
  expect(status).toBe(201);
  const [id, secret] = [String(body['client_id']), body['client_secret'] as string | undefined];
  const [url, token] = [String(body['registration_client_uri']), String(body['registration_access_token'])];
  const manage = (method: string, change?: unknown, other = token) =>
    send(url, { method, token: other, ...(change === undefined ? {} : { body: change }) });
  return { id, secret, url, token, body, manage, config: () => at.relyingParty(id, secret) };
}
