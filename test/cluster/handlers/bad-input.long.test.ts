import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelope, lengthDelimited, utf8, varintField } from '../../kube/encode-kube-protobuf.ts';
import { cpuMilliseconds } from '../../support/cpu-milliseconds.ts';
import { startCluster, type TestCluster } from '../support.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const policies = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies';
const json = 'application/json';
const yaml = 'application/yaml';
const protobuf = 'application/vnd.kubernetes.protobuf';
const merge = 'application/merge-patch+json';
const apply = 'application/apply-patch+yaml';

/** As the gateway and `sallyport cluster` have it. */
const maxBodyBytes = 3 * 1024 * 1024;

interface Bad {
  readonly method?: string;
  readonly path?: string;
  readonly type: string;
  body(): string | Uint8Array;
  readonly code: number;
  readonly message: RegExp;
}

const object = (data: string) => `{"metadata":{"name":"bad"},"data":${data}}`;
const nested = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const unknown = (raw: Uint8Array) => envelope('v1', 'ConfigMap', raw);
const named = lengthDelimited(1, lengthDelimited(1, utf8('bad')));

/** So many values that each of them is cheap and all of them are not. */
const terms = (count: number) => Array.from({ length: count }, (_, index) => index.toString(36));
const selecting = (name: string, values: readonly string[]) =>
  JSON.stringify({
    metadata: { name },
    spec: { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values }] } },
  });

const bad: Readonly<Record<string, Bad>> = {
  'deep JSON': {
    type: json,
    body: () => object(nested('{"a":', '}', 100_000).replace('}', '1}')),
    code: 400,
    message: /cannot be handled as a ConfigMap|exceeded max depth/,
  },
  'deep YAML': {
    type: yaml,
    body: () => `metadata: {name: bad}\ndata: ${nested('[', ']', 100_000)}`,
    code: 400,
    message: /yaml|max depth|cannot be handled/i,
  },
  'YAML of aliases of aliases': {
    type: yaml,
    body: () =>
      `a: &a [x, x]\n${terms(30)
        .map((_, i) => `k${i}: &k${i} [*${i ? `k${i - 1}` : 'a'}, *${i ? `k${i - 1}` : 'a'}]`)
        .join('\n')}`,
    code: 400,
    message: /alias/i,
  },
  'a body of more than 3 MiB': {
    type: json,
    body: () => object(`{"a":"${'x'.repeat(maxBodyBytes)}"}`),
    code: 413,
    message: /too large/i,
  },
  'protobuf that is cut off': {
    type: protobuf,
    body: () => unknown(named).subarray(0, -3),
    code: 400,
    message: /protobuf|proto/i,
  },
  'protobuf with a length beyond its end': {
    type: protobuf,
    body: () => unknown(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 0x01])),
    code: 400,
    message: /protobuf|proto|EOF/i,
  },
  'protobuf of another wire type': {
    type: protobuf,
    body: () => unknown(varintField(1, 7)),
    code: 400,
    message: /protobuf|proto|wire/i,
  },
  'protobuf without its envelope': {
    type: protobuf,
    body: () => named,
    code: 400,
    message: /protobuf|proto|recognized|prefix/i,
  },
  'a selector of a million terms': {
    path: policies,
    type: json,
    body: () => selecting('bad', terms(1_000_000)),
    code: 413,
    message: /too large/i,
  },
  'a selector of as many terms as a body holds': {
    path: policies,
    type: json,
    body: () => selecting('bad', terms(380_000)),
    code: 413,
    message: /too large/i,
  },
  'a patch that selects a million things': {
    method: 'PATCH',
    path: `${policies}/kept`,
    type: merge,
    body: () => selecting('kept', terms(380_000)),
    code: 413,
    message: /too large/i,
  },
  'an applied configuration that is deep': {
    method: 'PATCH',
    path: `${configMaps}/applied?fieldManager=a`,
    type: apply,
    body: () =>
      `{"apiVersion":"v1","kind":"ConfigMap","data":${nested('{"a":', '}', 50_000).replace('}', '1}')}}`,
    code: 400,
    message: /./,
  },
};

/** A query of this many requirements comes through the limit for request targets. */
const longest = 7000;

describe('bad input', () => {
  let cluster: TestCluster;
  const collect = collector();

  beforeAll(async () => {
    cluster = await startCluster({ maxBodyBytes });
    await cluster.send('POST', policies, { metadata: { name: 'kept' }, spec: { podSelector: {} } });
  });
  afterAll(() => cluster.close());

  async function send({ method = 'POST', path = configMaps, type, body }: Bad) {
    const headers = { 'Content-Type': type };
    const sent = body();
    const response = await fetch(cluster.url + path, {
      method,
      headers,
      body: typeof sent === 'string' ? sent : Buffer.from(sent),
    });
    return { code: response.status, text: await response.text() };
  }

  it.each(Object.entries(bad))('is told so: %s', async (_what, each) => {
    const { code, text } = await send(each);
    expect(code).toBe(each.code);
    expect(JSON.parse(text).message).toMatch(each.message);
    expect(text.length).toBeLessThan(20_000);
  });

  it('takes no more memory each time', { timeout: 120_000 }, async () => {
    const rounds = async (count: number) => {
      for (let round = 0; round < count; round++) for (const each of Object.values(bad)) await send(each);
      return collect();
    };
    const before = await rounds(1);
    const after = await rounds(3);
    // What is parsed of these bodies is a hundred MiB.
    expect((after - before) / 2 ** 20).toBeLessThan(48);
  });

  it.each([
    ['labels', `labelSelector=${Array.from({ length: longest / 2 }, () => 'a').join(',')}`, 200],
    ['values', `labelSelector=a+in+(${terms(longest / 4).join(',')})`, 200],
    [
      'fields',
      `fieldSelector=${Array.from({ length: longest / 16 }, () => 'metadata.name=a').join(',')}`,
      200,
    ],
    ['open parentheses', `labelSelector=a+in+${'('.repeat(longest)}`, 400],
  ])('a query that selects by many %s is answered at once', async (_what, query, code) => {
    const took = await cpuMilliseconds(async () =>
      expect((await cluster.send('GET', `${configMaps}?${query}`)).code).toBe(code),
    );
    expect(took).toBeLessThan(2000);
  });

  it.each([
    [
      'POST',
      configMaps,
      json,
      '{"__proto__":{"polluted":1},"metadata":{"name":"p0","__proto__":{"name":"x"}},"data":{"__proto__":"v"}}',
    ],
    ['PATCH', `${configMaps}/p0`, merge, '{"__proto__":{"polluted":1},"data":{"__proto__":"w"}}'],
    [
      'PATCH',
      `${configMaps}/p0`,
      'application/strategic-merge-patch+json',
      '{"__proto__":{"polluted":1},"data":{"__proto__":"w"}}',
    ],
    [
      'PATCH',
      `${configMaps}/p1?fieldManager=a`,
      apply,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"p1"},"data":{"__proto__":"z"}}',
    ],
  ])('a member __proto__ is one like any other: %s %s %s', async (method, path, type, body) => {
    const { code, text } = await cluster.send(method, path, body, { 'Content-Type': type });
    expect([200, 201]).toContain(code);
    expect(text).toMatch(/"data":\{"__proto__":"[vwyz]"\}/);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('a JSON patch of a member __proto__ is refused', async () => {
    const patch = '[{"op":"add","path":"/data/__proto__","value":"y"}]';
    const headers = { 'Content-Type': 'application/json-patch+json' };
    expect((await cluster.send('PATCH', `${configMaps}/p0`, patch, headers)).code).toBe(422);
  });
});

/** The bytes that are in use when everything else has been collected. */
function collector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
}
