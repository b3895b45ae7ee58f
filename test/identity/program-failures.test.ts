import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, openDoor } from './support/door.ts';
import { rawRequest } from './support/raw-request.ts';

let door: Door;
let clock = Date.now();
beforeAll(async () => {
  door = await openDoor({ path: '/id', signer: { algorithm: 'ES256' }, now: () => clock });
});
afterAll(() => door.close());

const endpoints = ['/token', '/token/introspect', '/token/revoke', '/device/code', '/par'];

async function failureOf(answer: Response): Promise<readonly unknown[]> {
  const { error, error_description } = JSON.parse(await answer.text());
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  // RFC 6749 §5.2: the characters that a description may have.
  expect(error_description).toMatch(/^[ !#-[\]-~]+$/);
  return [answer.status, error];
}

describe.each(endpoints)('a program hears in JSON at %s', (path) => {
  const post = (query: string, body: string) =>
    fetch(`${door.issuer}${path}${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });

  it.each(['GET', 'PUT', 'DELETE'])('that %s is not for it', async (method) => {
    const answer = await fetch(`${door.issuer}${path}`, { method });
    expect(answer.headers.get('allow')).toBe('POST');
    expect(await failureOf(answer)).toEqual([405, 'invalid_request']);
  });

  it('that a body or a query is too long', async () => {
    expect(await failureOf(await post('', `x=${'x'.repeat(60_000)}`))).toEqual([413, 'invalid_request']);
    expect(await failureOf(await post(`?x=${'x'.repeat(3000)}`, ''))).toEqual([400, 'invalid_request']);
  });

  it('that it is at another address', async () => {
    const { status, body } = await rawRequest(door, `/id${path}`, { host: 'other.example' });
    expect([status, JSON.parse(body).error]).toEqual([421, 'invalid_request']);
  });
});

it('a body of unknown length that is too long is refused in JSON, too', async () => {
  const answer = await fetch(`${door.issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new Blob([`x=${'x'.repeat(70_000)}`]).stream(),
    duplex: 'half',
  } as RequestInit);
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
});

it('a host that asks for too many device codes is told when to come again', async () => {
  const ask = () =>
    fetch(`${door.issuer}/device/code`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'kubectl' }),
    });
  for (let asked = 0; asked < 100; asked += 1) expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await failureOf(refused)).toEqual([429, 'temporarily_unavailable']);
  clock += 60_000;
  expect((await ask()).status).toBe(200);
});

it('people see a page', async () => {
  const answer = await fetch(`${door.issuer}/auth`, { method: 'PUT' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([405, 'text/html; charset=utf-8']);
});
