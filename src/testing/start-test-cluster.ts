import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubeconfigWith } from '../kubeconfig/merge/index.ts';
import { startCluster } from '../server/cluster/start-cluster.ts';
import { applyManifests } from './apply-manifests.ts';
import type { startCluster as StartCluster, TestClusterOptions, TestUser } from './entry.d.ts';
import { createRequests } from './requests.ts';

const ADMIN: TestUser = { username: 'kubernetes-admin', groups: ['system:masters'] };

/** See entry.d.ts. */
export const startTestCluster: typeof StartCluster = async (options = {}) => {
  const { user = ADMIN, objects, controllers = true } = options;
  const running = await startCluster({
    listen: { host: '127.0.0.1', port: 0 },
    store: storeOf(options),
    certificate: { type: 'own', names: [] },
    tokens: [],
    controllers,
    cutsConnections: true,
    log: silentLog,
  });
  const { url, certificateAuthority: ca } = running;
  const admit = ({ username, groups = [], uid }: TestUser) =>
    running.admit({ username, groups, ...(uid === undefined ? {} : { uid }) });
  const kubeconfigOf = (token: string) =>
    kubeconfigWith({ name: 'sallyport-test', server: url, certificateAuthority: ca, token });
  const token = admit(user);
  const requests = createRequests(url, ca);
  const asAdmin = requests.as(admit(ADMIN));
  const kubeconfig = kubeconfigOf(token);
  let directory: Promise<string> | undefined;

  const close = async () => {
    requests.close();
    await running.close();
    if (directory !== undefined) await rm(await directory, { recursive: true, force: true });
  };
  const cluster = {
    url,
    ca,
    token,
    kubeconfig,
    async kubeconfigFile() {
      directory ??= mkdtemp(join(tmpdir(), 'sallyport-test-'));
      const file = join(await directory, 'kubeconfig');
      await writeFile(file, kubeconfig, { mode: 0o600 });
      return file;
    },
    kubeconfigFor: (other: TestUser) => kubeconfigOf(admit(other)),
    request: requests.as(token),
    apply: (manifests: Parameters<typeof applyManifests>[1]) => applyManifests(asAdmin, manifests),
    close,
    [Symbol.asyncDispose]: close,
  };
  try {
    if (objects !== undefined) await cluster.apply(objects);
    return cluster;
  } catch (error) {
    await close();
    throw error;
  }
};

function storeOf({ store = 'memory' }: TestClusterOptions) {
  if (store === 'memory') return { type: 'memory' } as const;
  const file = store.slice('sqlite:'.length);
  if (!store.startsWith('sqlite:') || file === '')
    throw new TypeError(`store: expected memory or sqlite:FILE, got ${JSON.stringify(store)}`);
  return { type: 'sqlite', file } as const;
}

/** A test's output is the test's; what breaks inside is still seen. */
const silentLog = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (fields: object, message: string) =>
    process.emitWarning(`${message}: ${String((fields as { err?: unknown }).err)}`, 'SallyportWarning'),
};
