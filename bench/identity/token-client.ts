import { createHash } from 'node:crypto';
import { Pool } from 'undici';
import { type BrowserLike, createBrowserLike } from '../../test/identity/support/browser-like.ts';
import { clientSecret, password, people, redirectUri } from './token-server.ts';

const verifier = 'a'.repeat(43);

/** A person at a computer of their own. */
export interface Person {
  /** Signs in if need be; ends with an authorization code. */
  authorize(): Promise<string>;
}

export interface TokenClient {
  /** The refresh token that came with the code's tokens. */
  exchange(code: string): Promise<string>;
  /** The next refresh token. */
  refresh(token: string): Promise<string>;
  clientCredentials(): Promise<void>;
  close(): Promise<void>;
}

export function createPerson(origin: string, index: number): Person {
  const account = index % people;
  // Neighbours in number are no neighbours in the network.
  const host = [index, index >> 8, index >> 16].map((part) => part & 255).join('.');
  const browser = createBrowserLike(origin, { 'x-forwarded-for': `10.${host}` });
  const url = new URL('/auth', origin);
  url.search = new URLSearchParams({
    client_id: 'web',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile groups offline_access',
    state: 'state',
    nonce: 'nonce',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  return {
    async authorize() {
      const page = await browser.open(url.href);
      const last = page.body.includes('name="password"') ? await signIn(browser, page, account) : page;
      const code = new URL(last.url).searchParams.get('code');
      if (code === null) throw new Error(`no code at ${last.url}: ${last.status} ${last.body}`);
      return code;
    },
  };
}

function signIn(browser: BrowserLike, page: Awaited<ReturnType<BrowserLike['open']>>, account: number) {
  return browser.submit(page, { username: `person${account}@example.com`, password }, '/login');
}

/** Keeps its connections, as a client of many people does. */
export function createTokenClient(origin: string, connections: number): TokenClient {
  const pool = new Pool(origin, { connections, pipelining: 1, allowH2: false });
  const post = async (client: string, parameters: Readonly<Record<string, string>>) => {
    const { statusCode, body } = await pool.request({
      path: '/token',
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${clientSecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(parameters).toString(),
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`unexpected status ${statusCode}: ${text}`);
    return JSON.parse(text) as { readonly refresh_token: string };
  };
  return {
    async exchange(code) {
      const grant = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      };
      return (await post('web', grant)).refresh_token;
    },
    refresh: async (token) =>
      (await post('web', { grant_type: 'refresh_token', refresh_token: token })).refresh_token,
    clientCredentials: async () =>
      void (await post('robot', { grant_type: 'client_credentials', scope: 'groups' })),
    close: () => pool.close(),
  };
}

/** Does something to each of a list, so many at a time; the results are in the order of the list. */
export async function inLoops<T, R>(
  loops: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const loop = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: loops }, loop));
  return results;
}
