import type { NetworkPolicy } from '../../netpol/index.ts';
import type { CommandHost, CommandValues } from '../command.ts';
import { listValue, switchValue, textValue } from '../command-values.ts';
import { openManifestNetwork } from './manifest-network.ts';
import type { NetworkSource } from './network-source.ts';
import { openServerNetwork } from './server-network.ts';

/** Manifests alone are asked offline; with a kubeconfig or context chosen, they are asked as if they were applied there. */
export async function openNetwork(values: CommandValues, host: CommandHost): Promise<NetworkSource> {
  const files = listValue(values, 'filename');
  const [kubeconfig, context] = [textValue(values, 'kubeconfig'), textValue(values, 'context')];
  const offline = files.length > 0 && kubeconfig === undefined && context === undefined;
  const manifests =
    files.length > 0 ? await openManifestNetwork(files, switchValue(values, 'recursive'), host) : undefined;
  if (manifests !== undefined && offline) return manifests;
  const server = await openServerNetwork({ kubeconfig, context }, host);
  return manifests === undefined ? server : appliedTo(server, manifests);
}

function appliedTo(server: NetworkSource, manifests: NetworkSource): NetworkSource {
  return {
    namespace: server.namespace,
    find: async (...named) => (await manifests.find(...named)) ?? server.find(...named),
    namespaceLabels: async (name) => (await manifests.namespaceLabels(name)) ?? server.namespaceLabels(name),
    async policies(namespace) {
      const byName = (policies: readonly NetworkPolicy[]) =>
        policies.map((policy) => [policy.metadata.name, policy] as const);
      const [there, added] = await Promise.all([server.policies(namespace), manifests.policies(namespace)]);
      return [...new Map([...byName(there), ...byName(added)]).values()];
    },
    close: () => server.close(),
  };
}
