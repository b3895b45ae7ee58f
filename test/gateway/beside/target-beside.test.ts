import { afterEach, describe, expect, it } from 'vitest';
import { Unanswered } from '../../../src/gateway/delegate/index.ts';
import {
  createTargetBeside,
  type OwnApi,
  type PipelineDeps,
  type Target,
} from '../../../src/gateway/index.ts';
import { recordingTarget, serveGateway } from '../support/gateway.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** An API that says which requests it got. */
const api: OwnApi = {
  group: 'own.example',
  listed: {
    apiGroup: { name: 'own.example', versions: [] },
    aggregated: (version) => ({ metadata: { name: 'own.example' }, version }),
    openapiPaths: () => ({ 'apis/own.example/v1': { serverRelativeURL: '/own' } }),
    openapiV2: () => ({
      paths: { '/apis/own.example/v1/': { get: {} } },
      definitions: { 'example.own.v1.Thing': { type: 'object' } },
      protobuf: Buffer.from([0x4a, 1, 2]),
    }),
  },
  close() {},
  async handle({ target, user, auditId }, response) {
    response.writeHead(200).end(JSON.stringify({ own: target, user: user.username, auditId }));
  },
};

type Documents = Readonly<
  Record<string, { type?: string; etag?: string; body: string; status?: number } | undefined>
>;

/** A target that has these documents, and remembers what it was asked for. */
async function serve(documents: Documents, traits: Partial<Target> = {}) {
  const asked: { target: string; accept: string | undefined }[] = [];
  const target: Target = {
    forward({ target: path, request, response }) {
      asked.push({ target: path, accept: request.headers.accept });
      const { type = 'application/json', etag, body, status = 200 } = documents[path] ?? { body: '{}' };
      response.setHeader('Content-Type', type);
      if (etag !== undefined) response.setHeader('ETag', etag);
      response.writeHead(status).end(body);
    },
    notReady: () => undefined,
    close: async () => {},
    ...traits,
  };
  const gateway = await serveGateway({ target: createTargetBeside(target, api) });
  closers.push(gateway.close);
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(gateway.url + path, { headers });
  return { asked, get };
}

describe('a target with a group beside it', () => {
  it('sends what is for the group to its API, and all else on', async () => {
    const { asked, get } = await serve({});
    const own = ['/apis/own.example', '/apis/own.example/v1', '/apis/own.example/v2/things/a?x=1'];
    for (const path of [...own, '/openapi/v3/apis/own.example/v1']) {
      const response = await get(path);
      expect(await response.json()).toMatchObject({ own: path, user: 'jane' });
      expect(response.headers.get('audit-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(asked).toEqual([]);
    const others = [
      '/apis/own.example.org',
      '/apis/other/v1/own.example',
      '/api/v1/pods',
      '/openapi/v3/apis',
    ];
    for (const path of others) await get(path);
    expect(asked.map(({ target }) => target)).toEqual(others);
  });

  it('lets its API ask what somebody else decides', async () => {
    const answered = new Set<string>();
    const authorize: PipelineDeps['authorize'] = (attributes) => {
      const { name } = attributes;
      if (name !== 'first' && name !== 'second') return { decision: 'allow', reason: '' };
      if (!answered.has(name)) throw new Unanswered(Promise.resolve().then(() => void answered.add(name)));
      return { decision: name === 'first' ? 'allow' : 'noOpinion', reason: '' };
    };
    const asking: OwnApi = {
      ...api,
      async handle({ requestInfo, user, decide }, response) {
        const asked = ['first', 'second'].map((name) => decide({ ...requestInfo, user, verb: 'bind', name }));
        const decisions = await Promise.all(asked);
        response.end(JSON.stringify(decisions.map(({ decision }) => decision)));
      },
    };
    const { target } = recordingTarget();
    const gateway = await serveGateway({ authorize, target: createTargetBeside(target, asking) });
    closers.push(gateway.close);
    const response = await fetch(`${gateway.url}/apis/own.example/v1/things`);
    expect(await response.json()).toEqual(['allow', 'noOpinion']);
  });

  it('has the headers of the gateway once, whoever sends them', async () => {
    const { get } = await serve({ '/apis': { body: '{}' } }, { sendsOwnHeaders: true });
    for (const path of ['/apis/own.example', '/apis']) {
      const { headers } = await get(path);
      expect(headers.get('audit-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get('cache-control')).toBe('no-cache, private');
    }
  });

  it('puts the group into the lists of groups, in place of one of that name', async () => {
    const groups = [{ name: 'apps' }, { name: 'own.example', versions: ['theirs'] }];
    const items = [{ metadata: { name: 'apps' } }, { metadata: { name: 'own.example' } }];
    const legacy = await serve({ '/apis': { body: JSON.stringify({ kind: 'APIGroupList', groups }) } });
    expect(await (await legacy.get('/apis')).json()).toEqual({
      kind: 'APIGroupList',
      groups: [{ name: 'apps' }, api.listed.apiGroup],
    });
    for (const version of ['v2', 'v2beta1']) {
      const list = { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, items };
      const { get } = await serve({ '/apis': { body: JSON.stringify(list), type: AGGREGATED } });
      const response = await get('/apis', { accept: AGGREGATED });
      expect(response.headers.get('content-type')).toBe(AGGREGATED);
      expect(await response.json()).toEqual({
        ...list,
        items: [{ metadata: { name: 'apps' } }, { metadata: { name: 'own.example' }, version }],
      });
    }
  });

  it('puts the group into the index of OpenAPI', async () => {
    const paths = { 'api/v1': { serverRelativeURL: '/theirs' } };
    const { get } = await serve({ '/openapi/v3': { body: JSON.stringify({ paths }), type: 'text/plain' } });
    const response = await get('/openapi/v3');
    expect(JSON.parse(await response.text())).toEqual({
      paths: { ...paths, 'apis/own.example/v1': { serverRelativeURL: '/own' } },
    });
  });

  it('puts the group into the document of OpenAPI v2', async () => {
    const theirs = { swagger: '2.0', paths: { '/api/': {} }, definitions: { A: { type: 'string' } } };
    const { get } = await serve({ '/openapi/v2': { body: JSON.stringify(theirs) } });
    expect(await (await get('/openapi/v2')).json()).toEqual({
      swagger: '2.0',
      paths: { '/api/': {}, '/apis/own.example/v1/': { get: {} } },
      definitions: { A: { type: 'string' }, 'example.own.v1.Thing': { type: 'object' } },
    });
  });

  it('puts it into the one for kubectl, too, which is in protobuf', async () => {
    const type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
    const { get, asked } = await serve({ '/openapi/v2': { body: '\n\u00032.0', type, etag: '"theirs"' } });
    const accept = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
    const response = await get('/openapi/v2', { accept });
    expect(response.headers.get('content-type')).toBe(type);
    const etag = response.headers.get('etag') ?? '';
    expect(await response.text()).toBe('\n\u00032.0J\u0001\u0002');
    expect((await get('/openapi/v2', { accept, 'if-none-match': etag })).status).toBe(304);
    expect(asked.map((each) => each.accept)).toEqual([accept, accept]);
  });

  it('has ETags of the whole', async () => {
    const body = JSON.stringify({ kind: 'APIGroupList', groups: [] });
    const { get, asked } = await serve({ '/apis': { body, etag: '"theirs"' } });
    const etag = (await get('/apis')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9A-F]{128}"$/);
    const known = await get('/apis', { 'if-none-match': `"other", ${etag}` });
    expect([known.status, await known.text(), known.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get('/apis', { 'if-none-match': '"theirs"' })).status).toBe(200);
    expect(asked).toHaveLength(3);
  });

  it('hands on what is no such document as it is', async () => {
    const { get } = await serve({ '/apis': { body: 'no', status: 503, type: 'text/plain' } });
    const refused = await get('/apis');
    expect([refused.status, await refused.text()]).toEqual([503, 'no']);
    const odd = await serve({ '/apis': { body: '[]' }, '/openapi/v3': { body: 'not JSON' } });
    expect(await (await odd.get('/apis')).text()).toBe('[]');
    expect(await (await odd.get('/openapi/v3')).text()).toBe('not JSON');
  });

  it('asks for JSON where the client takes it, and for nothing else where it does not', async () => {
    const { get, asked } = await serve({ '/apis': { body: '{}' } });
    await get('/apis', { accept: 'application/vnd.kubernetes.protobuf,application/json' });
    await get('/apis', { accept: 'application/vnd.kubernetes.protobuf' });
    expect(asked.map(({ accept }) => accept)).toEqual([
      'application/json',
      'application/vnd.kubernetes.protobuf',
    ]);
  });
});
