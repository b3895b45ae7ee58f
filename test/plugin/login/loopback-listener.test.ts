import { get, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLoopbackListener } from '../../../src/plugin/login/loopback-listener.ts';
import { failedPage, signedInPage } from '../../../src/plugin/login/pages.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, unknown>;
}

async function open() {
  const listener = await openLoopbackListener(0, 's');
  onTestFinished(() => listener.close());
  const { port, host } = new URL(listener.redirectUri);
  const send = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> => {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, path, method, headers: { host, ...headers } },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += String(chunk);
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
          );
        },
      );
      sent.on('error', reject).end();
    });
  };
  return { listener, port, send };
}

describe('the loopback listener (S-159)', () => {
  it('hands over one response and answers a second with 410', async () => {
    const { listener, send } = await open();
    const first = send('/callback?code=secret-code&state=s');
    const { params, answer } = await listener.callback;
    expect(Object.fromEntries(params)).toEqual({ code: 'secret-code', state: 's' });
    expect((await send('/callback?code=other&state=s')).status).toBe(410);
    await answer(signedInPage);
    const { status, text, headers } = await first;
    expect(status).toBe(200);
    expect(text).not.toContain('secret-code');
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
  });

  it.each<[string, Record<string, string>, string, number]>([
    ['/callback', { host: 'evil.example' }, 'GET', 421],
    ['/callback', { host: 'localhost' }, 'GET', 421],
    ['/callback', { 'sec-fetch-dest': 'image' }, 'GET', 403],
    ['/callback', { 'sec-fetch-dest': 'empty' }, 'GET', 403],
    ['/callback', {}, 'POST', 405],
    ['/favicon.ico', {}, 'GET', 404],
    ['/callback/', {}, 'GET', 404],
  ])('%s with %j by %s gets no further than %i', async (path, headers, method, status) => {
    const { listener, send } = await open();
    expect((await send(`${path}?code=probe`, headers, method)).status).toBe(status);
    void send('/callback?code=real&state=s', { 'sec-fetch-dest': 'document' }).catch(() => {});
    expect((await listener.callback).params.get('code')).toBe('real');
  });

  it.each(['', '&state=', '&state=S', '&state=x&state=s'])(
    'takes nothing with the state %j, and goes on waiting',
    async (state) => {
      const { listener, send } = await open();
      const refused = await send(`/callback?code=planted${state}`);
      expect([refused.status, refused.text.includes('does not belong')]).toEqual([400, true]);
      void send('/callback?code=real&state=s').catch(() => {});
      expect((await listener.callback).params.get('code')).toBe('real');
    },
  );

  it('gives up after twenty with a wrong state', async () => {
    const { listener, send } = await open();
    const ended = expect(listener.callback).rejects.toThrow('20 answers came whose state is not the one');
    for (let probe = 0; probe < 20; probe++) {
      expect((await send('/callback?code=planted&state=x')).status).toBe(400);
    }
    await ended;
  });

  it('is bound to 127.0.0.1 and to nothing else', async () => {
    const { port } = await open();
    const refused = await new Promise((resolve) => {
      get({ host: '127.0.0.2', port }, () => resolve('answered')).on('error', () => resolve('refused'));
    });
    expect(refused).toBe('refused');
  });

  it('shows server text as text', async () => {
    const { listener, send } = await open();
    const page = send('/callback?error=x&state=s');
    await (await listener.callback).answer(failedPage('<script>alert("1")</script>'));
    expect((await page).text).toContain('&#60;script&#62;alert(&#34;1&#34;)');
  });
});
