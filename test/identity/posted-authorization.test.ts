import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, openDoor, webRedirect } from './support/door.ts';

let door: Door;
beforeAll(async () => {
  door = await openDoor();
});
afterAll(() => door.close());

function query(change: Record<string, string>): string {
  const good = { client_id: 'web', redirect_uri: webRedirect, response_type: 'code', scope: 'openid' };
  return new URLSearchParams({ ...good, ...change }).toString();
}

describe('T8: a request by POST', () => {
  const post = (body: string | URLSearchParams, search = '') =>
    fetch(`${door.issuer}/auth${search}`, { method: 'POST', body, redirect: 'manual' });

  it('becomes a GET with the same parameters, in their order and number', async () => {
    const response = await post(new URLSearchParams(`${query({ state: 'a b&c=d\r\nx: y' })}&scope=twice`));
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe(
      `/auth?${new URLSearchParams(`${query({ state: 'a b&c=d\r\nx: y' })}&scope=twice`)}`,
    );
    expect(response.headers.get('x')).toBeNull();
  });

  it.each<[string, number, () => Promise<Response>]>([
    [
      'S-007: split over query and body',
      400,
      () => post(new URLSearchParams(query({})), '?client_id=kubectl'),
    ],
    ['that is no form', 415, () => post(query({}))],
    [
      'that is longer than a query may be',
      413,
      () => post(new URLSearchParams({ nonce: 'x'.repeat(17_000) })),
    ],
    ['with an overlong state', 400, () => post(new URLSearchParams(query({ state: 'x'.repeat(3000) })))],
  ])('%s: %i', async (_name, status, send) => {
    const response = await send();
    expect([response.status, response.headers.get('location')]).toEqual([status, null]);
    expect(await response.text()).toContain('<title>Error: Something went wrong – Sallyport</title>');
  });
});
