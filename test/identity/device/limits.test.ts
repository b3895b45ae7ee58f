import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createPollLimit, type PollRecord } from '../../../src/identity/device/poll-limit.ts';
import { createExpiring, createMemoryStore } from '../../../src/store/index.ts';
import { textOf } from '../support/browser-like.ts';
import { type Door, type DoorOptions, openDoor } from '../support/door.ts';
import { approve, askForCode, decide, enterCode, poll } from './support.ts';

async function open(options: DoorOptions = {}): Promise<Door> {
  const own = await openDoor(options);
  onTestFinished(() => own.close());
  return own;
}

describe('T14: polling', () => {
  it('S-153: too fast is answered with slow_down, and 5 s more to wait each time', async () => {
    let time = Date.now();
    const door = await open({ now: () => time });
    const { body: device } = await askForCode(door);
    const answers: unknown[] = [];
    for (const seconds of [0, 5, 4, 9, 14, 20]) {
      time += seconds * 1000;
      answers.push((await poll(door, device.device_code)).body['error']);
    }
    const pending = 'authorization_pending';
    expect(answers).toEqual([pending, pending, 'slow_down', 'slow_down', 'slow_down', pending]);
    await approve(door.browser(), device);
    expect((await poll(door, device.device_code)).body['error']).toBe('slow_down');
    time += 25_000;
    expect((await poll(door, device.device_code)).status).toBe(200);
    time += 25_000;
    expect((await poll(door, device.device_code)).body['error']).toBe('invalid_grant');
  });

  it('S-153: after the end is answered with expired_token', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const door = await open({ expiry: { deviceRequests: 60_000 } });
    const { body: device } = await askForCode(door);
    expect(device.expires_in).toBe(60);
    vi.setSystemTime(Date.now() + 61_000);
    expect((await poll(door, device.device_code)).body['error']).toBe('expired_token');
  });

  it('waits no longer than a minute, and one device does not slow another down', async () => {
    let time = 0;
    const now = () => time;
    const records = createExpiring<PollRecord>(createMemoryStore(), { prefix: 'polls/', now });
    const limit = createPollLimit({ records, now });
    expect(await limit.isTooEarly('a', 1e9)).toBe(false);
    for (let one = 0; one < 30; one++) expect(await limit.isTooEarly('a', 1e9)).toBe(true);
    expect(await limit.isTooEarly('b', 1e9)).toBe(false);
    time += 60_000;
    expect(await limit.isTooEarly('a', 1e9)).toBe(false);
  });
});

describe('S-154: of parallel polls after the approval', () => {
  it('one gets tokens, on two processes with one store', async () => {
    const store = createMemoryStore();
    const first = await open({ store });
    const second = await open({ store, publicIssuer: first.issuer });
    const { body: device } = await askForCode(first);
    await approve(first.browser(), device);
    const hosts = [first.port, second.port].map((port) => ({ issuer: `http://127.0.0.1:${port}` }));
    const headers = { host: new URL(first.issuer).host };
    const { request } = await import('node:http');
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: 'kubectl',
      device_code: device.device_code,
    }).toString();
    const send = (issuer: string) =>
      new Promise<number>((done, failed) => {
        const sent = request(`${issuer}/token`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        });
        sent.on('response', (answer) => {
          answer.resume();
          done(answer.statusCode ?? 0);
        });
        sent.on('error', failed);
        sent.end(body);
      });
    const statuses = await Promise.all(
      Array.from({ length: 50 }, (_, one) => send(hosts[one % 2]?.issuer ?? '')),
    );
    expect(statuses.sort()).toEqual([200, ...Array(49).fill(400)]);
  });

  it('of two people who decide at once, one decides', async () => {
    const door = await open();
    const { body: device } = await askForCode(door);
    const people = [
      { username: 'jane', password: 'password' },
      { username: 'bob', password: 'password' },
    ];
    const pages = await Promise.all(
      people.map(async (person) => {
        const browser = door.browser();
        return { browser, page: await enterCode(browser, device.verification_uri, device.user_code, person) };
      }),
    );
    const ends = await Promise.all(pages.map(({ browser, page }) => decide(browser, page, 'approve')));
    const texts = ends.map(textOf);
    expect(texts.filter((text) => text.includes('The device is signed in'))).toHaveLength(1);
    expect(texts.filter((text) => /time is over/.test(text))).toHaveLength(1);
  });
});

describe('S-152: wrong codes', () => {
  it('are counted by address: after 10 even the right one waits, elsewhere it does not', async () => {
    let time = Date.now();
    const door = await open({ now: () => time, trustedProxies: ['127.0.0.1'] });
    const { body: device } = await askForCode(door);
    const at = (address: string, code: string) => {
      const browser = door.browser({ 'x-forwarded-for': address });
      return enterCode(browser, device.verification_uri, code).then(textOf);
    };
    for (let one = 0; one < 10; one++) {
      expect(await at(`2001:db8::${one}`, 'BBBB-BBBB')).toContain('This code is not right');
    }
    expect(await at('2001:db8::99', device.user_code)).toContain('Too many wrong codes');
    expect(await at('192.0.2.1', device.user_code)).toContain('Compare the code');
    time += 60_000;
    expect(await at('2001:db8::99', device.user_code)).toContain('Compare the code');
  });

  it('are counted by browser, wherever it is', async () => {
    const door = await open({ trustedProxies: ['127.0.0.1'] });
    const { body: device } = await askForCode(door);
    const headers: Record<string, string> = {};
    const browser = door.browser(headers);
    for (let one = 0; one < 10; one++) {
      headers['x-forwarded-for'] = `192.0.2.${one}`;
      expect(textOf(await enterCode(browser, device.verification_uri, 'BBBB-BBBB'))).toContain('not right');
    }
    headers['x-forwarded-for'] = '192.0.2.99';
    expect(textOf(await enterCode(browser, device.verification_uri, device.user_code))).toContain('Too many');
  });
});

describe('what a host can make the store keep', () => {
  it('are 100 device codes a minute', async () => {
    const frozen = Date.now();
    const door = await open({ now: () => frozen });
    const statuses: number[] = [];
    for (let one = 0; one < 101; one++) {
      const answer = await fetch(`${door.issuer}/device/code`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'kubectl', scope: 'openid' }),
      });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([...Array(100).fill(200), 429]);
  });

  it.each([
    ['acr_values', 'x'.repeat(20_000), 400],
    ['unknown', 'x'.repeat(70_000), 413],
  ])('is no large parameter: %s', async (name, value, refusal) => {
    const { status, body } = await askForCode(await open(), { [name]: value });
    expect([status, body['error']]).toEqual([refusal, 'invalid_request']);
  });

  it.each(['GET', 'PUT', 'DELETE'])('answers %s on /device/code with 405', async (method) => {
    const answer = await fetch(`${(await open()).issuer}/device/code`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
