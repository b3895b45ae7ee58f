import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askGateway } from './support/gateway-request.ts';
import type { Field } from './support/http2-frames.ts';
import { PODS } from './support/raw-gateway.ts';
import { protocols, type SendRequest } from './support/raw-request.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { startTokenIssuer, type TokenIssuer } from './support/token-issuer.ts';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
const IMPERSONATE = { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups'] };
/** The gateway's accounts at the API server, by their token, with their rules there. */
const ACCOUNTS: Readonly<Record<string, readonly object[]>> = {
  lean: [IMPERSONATE],
  rich: [IMPERSONATE, { verbs: ['get'], apiGroups: [''], resources: ['secrets'] }],
  poor: [],
};

/** The API server's own RBAC objects. */
const RBAC = [
  {
    kind: 'ClusterRole',
    metadata: { name: 'readers', resourceVersion: '1' },
    rules: [{ verbs: ['list'], apiGroups: [''], resources: ['pods'] }],
  },
  {
    kind: 'ClusterRoleBinding',
    metadata: { name: 'readers', resourceVersion: '1' },
    subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
    roleRef: { kind: 'ClusterRole', name: 'readers', apiGroup: 'rbac.authorization.k8s.io' },
  },
];

interface Asked {
  readonly method: string;
  readonly url: string;
  /** What it says of who asks, sorted. */
  readonly identity: readonly string[];
  readonly body: string;
}

const kubeconfig = (server: string, account: string) => `
apiVersion: v1
kind: Config
current-context: it
contexts: [{ name: it, context: { cluster: it, user: it } }]
clusters: [{ name: it, cluster: { server: '${server}' } }]
users: [{ name: it, user: { token: canary-${account}-account } }]
`;

/** One API server behind the gateway, reached in each way there is. */
describe('an API server of a kubeconfig', () => {
  let sallyport: Sallyport;
  let issuer: TokenIssuer;
  let tokens: Readonly<Record<'jane' | 'bob', string>>;
  /** Of callers, in the order in which they came. */
  let callers: Asked[] = [];
  /** What it was asked to decide. */
  let reviews: Asked[] = [];
  /** It says nothing of its RBAC objects before this. */
  let tell = () => {};
  const known = new Promise<void>((done) => {
    tell = done;
  });

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', rawHeaders, headers } = request;
    let body = '';
    for await (const chunk of request) body += chunk;
    const lines = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[index + 1]}`] : [],
    );
    const identity = lines
      .filter((line) => /^(?:authorization|cookie|impersonate|x-remote)/.test(line))
      .sort();
    const account = /canary-(\w+)-account/.exec(headers.authorization ?? '')?.[1] ?? '';
    const answer = (status: object) =>
      response
        .writeHead(201, { 'content-type': 'application/json' })
        .end(JSON.stringify({ kind: 'Review', status }));
    if (url === `${AUTHORIZATION}/selfsubjectrulesreviews`) {
      return void answer({ resourceRules: ACCOUNTS[account], nonResourceRules: [], incomplete: false });
    }
    if (url === `${AUTHORIZATION}/selfsubjectaccessreviews`)
      return void answer({ allowed: account !== 'poor' });
    if (url === `${AUTHORIZATION}/subjectaccessreviews`) {
      reviews.push({ method, url, identity, body });
      return void answer({ allowed: JSON.parse(body).spec.user === 'jane' });
    }
    const list = /^\/apis\/rbac\.authorization\.k8s\.io\/v1\/(\w+)\?/.exec(url);
    if (list !== null) {
      await known;
      const isWatch = new URL(url, 'http://api').searchParams.has('watch');
      response.writeHead(200, { 'content-type': 'application/json' });
      if (isWatch) return void response.flushHeaders();
      const items = RBAC.filter(({ kind }) => list[1] === `${kind.toLowerCase()}s`);
      return void response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items }));
    }
    if (url !== '/readyz') callers.push({ method, url, identity, body });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"kind":"Answer"}');
  }

  const api = createServer((request, response) => void answerRequest(request, response));

  beforeAll(async () => {
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    issuer = await startTokenIssuer();
    const cluster = (name: string, target: string, more = 'rbac: { manifests: [demo/rbac] }') =>
      `    - { name: ${name}, target: { kubeconfig: ${target} }, ${more} }\n`;
    const clusters = [
      cluster('impersonate', 'lean.kubeconfig'),
      cluster('through', 'lean.kubeconfig, mode: passThrough'),
      cluster('fixed', 'lean.kubeconfig, mode: fixed'),
      cluster('asking', 'lean.kubeconfig', 'authorization: subjectAccessReview'),
      cluster('rich', 'rich.kubeconfig'),
      cluster('poor', 'poor.kubeconfig'),
      cluster('late', 'lean.kubeconfig', 'rbac: { cluster: true }'),
    ];
    const files = Object.keys(ACCOUNTS).map((account) => [
      `config/${account}.kubeconfig`,
      kubeconfig(server, account),
    ]);
    sallyport = await startSallyport(
      (config) => config.replace('  target: embedded\n', `  clusters:\n${clusters.join('')}$&`),
      {
        files: {
          ...Object.fromEntries(files),
          'config/demo/authentication.yaml': issuer.authenticationConfiguration,
        },
      },
    );
    tokens = { jane: await issuer.token('jane', ['developers']), bob: await issuer.token('bob') };
  });

  afterEach(() => {
    callers = [];
    reviews = [];
  });

  afterAll(async () => {
    const said = sallyport === undefined ? '' : sallyport.stdout() + sallyport.stderr();
    await sallyport?.dispose();
    issuer?.close();
    api.closeAllConnections();
    api.close();
    for (const secret of ['canary', ...Object.values(tokens)]) expect(said).not.toContain(secret);
  });

  const bearer = (person: 'jane' | 'bob'): Field => ['Authorization', `Bearer ${tokens[person]}`];
  const SPOOFED: readonly Field[] = [
    ['Cookie', 'session=callers'],
    ['X-Remote-User', 'root'],
  ];

  describe.each(protocols)('asked over %s', (protocol, send) => {
    /** Of each protocol its own, so that no answer is remembered from the other. */
    const node = `n${protocol.length}`;
    const ask = (
      cluster: string,
      headers: readonly Field[],
      more: Partial<Parameters<SendRequest>[1]> = {},
    ) => send(sallyport, { target: `/clusters/${cluster}${PODS}`, headers, ...more });

    it.each([
      [
        'impersonate',
        [
          'authorization: Bearer canary-lean-account',
          'impersonate-group: developers',
          'impersonate-group: system:authenticated',
          'impersonate-user: jane',
        ],
      ],
      ['fixed', ['authorization: Bearer canary-lean-account']],
    ])('S-209 hears of who asks as `%s` says, and nothing else', async (mode, identity) => {
      expect((await ask(mode, [bearer('jane'), ...SPOOFED])).status).toBe(200);
      expect(callers.map((asked) => asked.identity)).toEqual([identity]);
    });

    it('S-209 hears the caller’s own token, and nobody else’s, where it passes through', async () => {
      expect((await ask('through', [bearer('jane'), ...SPOOFED])).status).toBe(200);
      expect(callers.map((asked) => asked.identity)).toEqual([[`authorization: Bearer ${tokens.jane}`]]);
    });

    it.each(['impersonate', 'through', 'fixed', 'asking'])(
      'hears nothing in the mode `%s` of who is nobody, or has no right',
      async (mode) => {
        for (const [headers, expected] of [
          [[], 401],
          [[['Authorization', 'Bearer x.y.z']], 401],
          [[bearer('bob')], 403],
          [[bearer('jane'), bearer('jane')], 400],
          [[bearer('jane'), ['Impersonate-User', 'admin']], 403],
        ] as const) {
          expect((await ask(mode, headers)).status, JSON.stringify(headers)).toBe(expected);
        }
        expect(callers).toEqual([]);
      },
    );

    it('is told by SubjectAccessReview which part of a collection is asked for', async () => {
      const selector = encodeURIComponent('app in (a,b),!old');
      const { status } = await send(sallyport, {
        target: `/clusters/asking${PODS}?fieldSelector=spec.nodeName%3D${node}&labelSelector=${selector}`,
        headers: [bearer('jane')],
      });
      expect(status).toBe(200);
      expect(reviews).toHaveLength(1);
      expect(JSON.parse(reviews[0]?.body ?? '').spec).toMatchObject({
        user: 'jane',
        groups: ['developers', 'system:authenticated'],
        resourceAttributes: {
          verb: 'list',
          resource: 'pods',
          namespace: 'dev',
          fieldSelector: { requirements: [{ key: 'spec.nodeName', operator: 'In', values: [node] }] },
          labelSelector: {
            requirements: [
              { key: 'app', operator: 'In', values: ['a', 'b'] },
              { key: 'old', operator: 'DoesNotExist' },
            ],
          },
        },
      });
      expect(callers).toHaveLength(1);
    });

    it('is asked about the requirements of a caller’s own review, too', async () => {
      const requirements = [{ key: `of-${node}`, operator: 'NotIn', values: ['x,y'] }];
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'list', resource: 'pods', fieldSelector: { requirements } } },
      };
      const answer = await send(sallyport, {
        method: 'POST',
        target: `/clusters/asking${AUTHORIZATION}/selfsubjectaccessreviews`,
        headers: [bearer('jane'), ['Content-Type', 'application/json']],
        body: JSON.stringify(review),
      });
      expect(answer.status).toBe(201);
      expect(answer.text).toContain('"allowed":true');
      const asked = reviews.map(({ body }) => JSON.parse(body).spec.resourceAttributes);
      expect(asked).toContainEqual(
        expect.objectContaining({ verb: 'list', fieldSelector: { requirements } }),
      );
    });
  });

  it('is asked nothing in anybody’s name before its RBAC objects are known, and by them afterwards', async () => {
    const ready = () => askGateway(sallyport, '/readyz');
    expect((await ready()).status).toBe(503);
    for (const [, send] of protocols) {
      for (const person of ['jane', 'bob'] as const) {
        const answer = await send(sallyport, { target: `/clusters/late${PODS}`, headers: [bearer(person)] });
        expect(answer.status).toBe(503);
        expect(answer.text).toContain('the gateway is not ready');
      }
    }
    expect(callers).toEqual([]);
    tell();
    await expect.poll(async () => (await ready()).status, { timeout: 10_000 }).toBe(200);
    for (const [, send] of protocols) {
      for (const [person, expected] of [
        ['jane', 200],
        ['bob', 403],
      ] as const) {
        const { status } = await send(sallyport, {
          target: `/clusters/late${PODS}`,
          headers: [bearer(person)],
        });
        expect(status).toBe(expected);
      }
    }
    expect(callers).toHaveLength(protocols.length);
  });

  it('S-295 with an account that may do more than impersonate, or less, is told at the start', async () => {
    const said = () => sallyport.stdout() + sallyport.stderr();
    await expect.poll(said).toMatch(/DANGER: the gateway's account may do more than impersonate/);
    await expect.poll(said).toMatch(/secrets/);
    await expect.poll(said).toMatch(/may not impersonate users and groups/);
    await expect.poll(said).toMatch(/its audit log won't tell callers apart/);
    expect(said().match(/DANGER/g)).toHaveLength(1);
  });
});
