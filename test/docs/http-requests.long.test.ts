import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usualGrantTypes } from '../../src/identity/clients/grant-types.ts';
import { type OtherIssuer, seconds, startIssuer } from '../identity/federated-credentials/issuer.ts';
import { initialAccessToken, registration } from '../identity/registration/support.ts';
import { type Door, jane, loopback, openDoor, signInFor } from '../identity/support/door.ts';
import { ROOT, readMarkdown } from './markdown.ts';

/** A request of a document, and what of it is the reader's own. */
interface Request {
  readonly file: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What stands for a value of the reader's own. */
const OWN = /eyJ…|…|<[^>]+>/g;

const requests = globSync(['*.md', 'docs/*.md', 'docs/{how-to,explanation,adr}/*.md'], { cwd: ROOT })
  .sort()
  .flatMap((file) =>
    readMarkdown(file).blocks.flatMap((block) =>
      block.language === 'http' ? [{ file, text: block.text }] : [],
    ),
  )
  .map(({ file, text }): Request => {
    const [head = '', ...rest] = text.split('\n\n');
    const [line = '', ...headers] = head.split('\n');
    const [method = '', path = ''] = line.split(' ');
    const body = rest.join('\n\n');
    return {
      file,
      method,
      path,
      headers: headers.map(
        (one) => [one.slice(0, one.indexOf(':')), one.slice(one.indexOf(':') + 1).trim()] as const,
      ),
      // A form is one line, however it is printed.
      body: body.startsWith('{') ? body : body.replaceAll('\n', ''),
    };
  });

let door: Door;
let cluster: OtherIssuer;
let tokens: { readonly id: string; readonly access: string };

beforeAll(async () => {
  cluster = await startIssuer();
  const secret = 'a-secret';
  const subject = 'system:serviceaccount:builds:deployer';
  const claims = { clientCredentialsClaims: { groups: ['deployers'] } };
  door = await openDoor({
    clients: [
      { id: 'api-gateway', secret, grantTypes: ['refresh_token'], introspect: true },
      { id: 'ci', secret, ...claims },
      { id: 'deployer', ...claims, federatedCredentials: [{ issuer: cluster.url, subject }] },
      { id: 'cluster-a', public: true, trustedPeers: ['kubectl'] },
      { id: 'legacy', secret, redirectURIs: ['https://legacy.example/'] },
    ],
    grantTypes: [...usualGrantTypes, 'client_credentials', 'password'],
    passwords: [jane],
    registration,
    signer: { algorithm: 'ES256' },
  });
  const config = await door.relyingParty('kubectl');
  const { tokens: got } = await signInFor(config, door.browser(), {
    redirect_uri: loopback,
    scope: 'openid groups',
  });
  tokens = { id: got.id_token ?? '', access: got.access_token };
});
afterAll(async () => {
  await door?.close();
  await cluster?.close();
});

async function ofThePod(): Promise<string> {
  const now = seconds();
  return cluster.sign({
    iss: cluster.url,
    sub: 'system:serviceaccount:builds:deployer',
    aud: door.issuer,
    iat: now,
    exp: now + 300,
    jti: 'one',
  });
}

/** Of each page's requests in turn: what the reader puts in, in order, and what comes back. */
const EXPECTED: Readonly<
  Record<
    string,
    readonly { own(): Promise<readonly string[]> | readonly string[]; status: number; answer: object }[]
  >
> = {
  'docs/how-to/client-credentials.md': [
    { own: () => ['a-secret'], status: 200, answer: { id_token: expect.any(String), expires_in: 3600 } },
    { own: async () => [await ofThePod()], status: 200, answer: { id_token: expect.any(String) } },
  ],
  'docs/how-to/client-registration.md': [
    {
      own: () => [initialAccessToken],
      status: 201,
      answer: {
        client_id: expect.stringMatching(/^registered-/),
        client_secret: expect.any(String),
        client_secret_expires_at: 0,
        registration_client_uri: expect.stringContaining('/register/registered-'),
        registration_access_token: expect.any(String),
        redirect_uris: ['https://preview-42.example.com/callback'],
      },
    },
  ],
  'docs/how-to/devices.md': [
    {
      own: () => [],
      status: 200,
      answer: { user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/), expires_in: 300, interval: 5 },
    },
  ],
  'docs/how-to/introspection.md': [
    {
      own: () => ['a-secret', tokens.access],
      status: 200,
      answer: { active: true, client_id: 'kubectl', sub: expect.any(String), scope: 'openid groups' },
    },
  ],
  'docs/how-to/password-grant.md': [
    {
      own: () => ['a-secret', 'password'],
      status: 200,
      answer: { id_token: expect.any(String), refresh_token: expect.any(String) },
    },
  ],
  'docs/how-to/token-exchange.md': [
    {
      own: () => [tokens.id],
      status: 200,
      answer: {
        issued_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        access_token: expect.any(String),
      },
    },
  ],
};

describe('the requests in the documents', () => {
  it('are all here', () => {
    const count = Object.fromEntries(Object.entries(EXPECTED).map(([file, all]) => [file, all.length]));
    const there: Record<string, number> = {};
    for (const { file } of requests) there[file] = (there[file] ?? 0) + 1;
    expect(there).toEqual(count);
  });

  it.each(requests.map((request, at) => ({ request, at, ...request })))(
    '$file: $method $path is answered as it says there',
    async ({ request, at }) => {
      const turn = requests.slice(0, at).filter(({ file }) => file === request.file).length;
      const expected = EXPECTED[request.file]?.[turn];
      const own = [...((await expected?.own()) ?? [])];
      const asForm = request.headers.some(([, value]) => value.endsWith('urlencoded'));
      const filled = (text: string, encode: (value: string) => string) =>
        text.replaceAll(OWN, () => encode(own.shift() ?? 'nothing'));
      const headers = request.headers.map(([name, value]): [string, string] => [name, filled(value, String)]);
      const answer = await fetch(door.issuer + request.path, {
        method: request.method,
        headers,
        body: filled(request.body, asForm ? encodeURIComponent : String),
      });
      expect(own, 'all that is the reader’s own has a place').toEqual([]);
      expect({ status: answer.status, body: await answer.json() }).toMatchObject({
        status: expected?.status,
        body: expected?.answer,
      });
    },
  );
});
