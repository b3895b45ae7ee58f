import type { KubeObject } from '../../cluster/index.ts';
import {
  ApiError,
  connectionOf,
  createApiClient,
  isFields,
  readKubeconfigContext,
} from '../../kubeconfig/index.ts';
import type { NetworkPolicy } from '../../netpol/index.ts';
import { CommandError, type CommandHost } from '../command.ts';
import type { NetworkSource } from './network-source.ts';

const PAGE = 500;
const POLICIES = '/apis/networking.k8s.io/v1/namespaces';

/** The server that a kubeconfig leads to. Read are the two ends, their namespaces, and the NetworkPolicies there. */
export async function openServerNetwork(
  choice: { readonly kubeconfig: string | undefined; readonly context: string | undefined },
  { env, stderr }: CommandHost,
): Promise<NetworkSource> {
  const context = await readKubeconfigContext({ file: choice.kubeconfig, context: choice.context, env });
  const server = createApiClient(
    await connectionOf(context, { env, stderr, interactive: process.stdin.isTTY === true }),
  );
  const get = async (path: string): Promise<KubeObject | undefined> => {
    try {
      return asObject(await server.get(path));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  };
  return {
    namespace: context.namespace ?? 'default',
    find: ({ apiVersion, resource }, namespace, name) =>
      get(
        `/api${apiVersion === 'v1' ? '' : 's'}/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${resource}/${encodeURIComponent(name)}`,
      ),
    namespaceLabels: async (name) => {
      const namespace = await get(`/api/v1/namespaces/${encodeURIComponent(name)}`);
      return namespace && (namespace.metadata.labels ?? {});
    },
    async policies(namespace) {
      const found: unknown[] = [];
      let token = '';
      do {
        const query = new URLSearchParams({
          limit: String(PAGE),
          ...(token === '' ? {} : { continue: token }),
        });
        const page = await server.get(
          `${POLICIES}/${encodeURIComponent(namespace)}/networkpolicies?${query}`,
        );
        const { items, metadata } = page as { items?: unknown; metadata?: { continue?: unknown } };
        if (!Array.isArray(items))
          throw new CommandError("the server's list of networkpolicies has no items");
        found.push(...(items as unknown[]));
        const next = typeof metadata?.continue === 'string' ? metadata.continue : '';
        if (next !== '' && next === token)
          throw new CommandError("the server's list of networkpolicies does not go on");
        token = next;
      } while (token !== '');
      return found.map(asObject) as unknown as NetworkPolicy[];
    },
    close: () => server.close(),
  };
}

function asObject(value: unknown): KubeObject {
  if (!isFields(value) || !isFields(value['metadata']))
    throw new CommandError('the server answered with something that is no object');
  return value as unknown as KubeObject;
}
