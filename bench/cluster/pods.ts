import { cpuSeconds } from '../cpu-seconds.ts';
import { openPool, type Started } from './started.ts';

export const PODS = 10_000;
const CONNECTIONS = 64;
const LISTS = 5;
const COLLECTION = '/api/v1/namespaces/default/pods';

export interface PodsRow {
  readonly name: string;
  /** By the clock, and by the server's own CPU time. */
  readonly createsPerSecond: number;
  readonly createsPerCpuSecond: number;
  readonly listMB: number;
  /** The best of several: what is read for the first time is not a list's. */
  readonly listMBPerSecond: number;
  readonly listMBPerCpuSecond: number;
}

/** As a controller writes one: some 1.3 KB, and 3 KB with its defaults and its managed fields. */
function podManifest(at: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `web-${at}`,
      labels: { app: 'web', 'pod-template-hash': '5d4f8c7b9' },
      annotations: { note: 'x'.repeat(200) },
    },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'registry.example.com/team/web:1.2.3',
          env: [
            { name: 'MODE', value: 'production' },
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          ports: [{ containerPort: 8080, name: 'http' }],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
          readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
        },
      ],
    },
  });
}

/** Makes pods and lists them as JSON, through TLS, authentication and RBAC. */
export function measurePods(server: Started): Promise<PodsRow> {
  return measure(server, {
    create: createPod,
    list: { path: '/api/v1/pods', method: 'GET' },
  });
}

/** What the store alone would make of it: the same number of values, of the size that is kept, and one range of all. */
export function measureKeys(server: Started): Promise<PodsRow> {
  return measure(server, {
    create: putKey,
    list: { path: '/v3/kv/range', method: 'POST', body: JSON.stringify(ALL_KEYS) },
  });
}

/** What a POST makes an object with. */
export type Create = (at: number) => { readonly path: string; readonly body: string };

export const createPod: Create = (at) => ({
  path: `${COLLECTION}?fieldManager=bench`,
  body: podManifest(at),
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const VALUE = base64('x'.repeat(3_000));
/** For etcd, whose JSON has bytes as base64. */
export const ALL_KEYS = { key: base64('/registry/pods/'), range_end: base64('/registry/pods0') };

export const putKey: Create = (at) => ({
  path: '/v3/kv/put',
  body: JSON.stringify({ key: base64(`/registry/pods/default/web-${at}`), value: VALUE }),
});

interface Work {
  readonly create: Create;
  readonly list: { readonly path: string; readonly method: 'GET' | 'POST'; readonly body?: string };
}

async function measure(server: Started, work: Work): Promise<PodsRow> {
  const pool = openPool(server, CONNECTIONS);
  const headers = { ...server.headers, 'content-type': 'application/json' };
  const timed = async (act: () => Promise<void>) => {
    const [cpu, began] = [cpuSeconds([server.pid]), performance.now()];
    await act();
    return { seconds: (performance.now() - began) / 1000, cpu: cpuSeconds([server.pid]) - cpu };
  };
  let next = 0;
  const loop = async () => {
    while (next < PODS) {
      const { statusCode, body } = await pool.request({ ...work.create(next++), method: 'POST', headers });
      const text = await body.text();
      if (statusCode >= 300) throw new Error(`a create got ${statusCode}: ${text}`);
    }
  };
  const made = await timed(async () => void (await Promise.all(Array.from({ length: CONNECTIONS }, loop))));
  let megabytes = 0;
  const lists: { seconds: number; cpu: number }[] = [];
  for (let at = 0; at < LISTS; at++) {
    lists.push(
      await timed(async () => {
        const { body } = await pool.request({ ...work.list, headers });
        let bytes = 0;
        for await (const chunk of body) bytes += (chunk as Buffer).length;
        megabytes = bytes / 1e6;
      }),
    );
  }
  await pool.close();
  const best = Math.min(...lists.map(({ seconds }) => seconds));
  const leastCpu = Math.min(...lists.map(({ cpu }) => cpu));
  return {
    name: server.name,
    createsPerSecond: PODS / made.seconds,
    createsPerCpuSecond: PODS / made.cpu,
    listMB: megabytes,
    listMBPerSecond: megabytes / best,
    listMBPerCpuSecond: megabytes / leastCpu,
  };
}
