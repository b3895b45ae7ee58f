import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  ALL_CLUSTERS,
  type ClusterAddress,
  type Config,
  clusterAddresses,
  gatewayUrl,
  loadConfig,
} from '../config/index.ts';
import { certificateAuthorityFile } from '../gateway/index.ts';
import { ownProgram, renderKubeconfig } from '../plugin/index.ts';
import { StartError } from '../start-error.ts';
import { type Command, exitCode, UsageError } from './command.ts';
import { textValue } from './command-values.ts';
import { configFile, configOption, dataOption } from './config-option.ts';

export const kubeconfigCommand: Command = {
  name: 'kubeconfig',
  summary: 'Print a kubeconfig for the gateway; it holds no secret',
  usage: 'kubeconfig [--config FILE] [--data DIR] > sallyport.kubeconfig',
  examples: [
    { comment: 'Use the demo with kubectl', line: 'sallyport kubeconfig > sallyport.kubeconfig' },
    {
      comment: 'For people who have the plugin on their PATH',
      line: 'sallyport kubeconfig --command kubectl-sallyport',
    },
    {
      comment: 'For another cluster behind the same gateway',
      line: 'sallyport kubeconfig --cluster prod > prod.kubeconfig',
    },
    {
      comment: 'For lists of all clusters together',
      line: 'sallyport kubeconfig --cluster - > all.kubeconfig',
    },
  ],
  options: {
    config: configOption,
    data: dataOption,
    server: {
      type: 'string',
      value: 'URL',
      description: "The gateway's URL as clients reach it (default: gateway.url, else where it listens)",
    },
    cluster: {
      type: 'string',
      value: 'NAME',
      description: 'One of `gateway.clusters`, or - for all together (default: the cluster without a name)',
    },
    name: {
      type: 'string',
      value: 'NAME',
      description:
        'Name of the cluster and the context (default: sallyport, or sallyport-CLUSTER; sallyport-all for -)',
    },
    'client-id': {
      type: 'string',
      value: 'ID',
      default: 'kubectl',
      description: 'OAuth client that kubectl signs in as',
    },
    command: {
      type: 'string',
      value: 'PATH',
      default: ownProgram(process.platform),
      description: 'The credential plugin',
    },
  },
  async run(values, host) {
    const dataDir = resolve(String(values['data']));
    const config = await loadConfig(configFile(values), { dataDir, env: host.env });
    if (!config.gateway) throw new UsageError(`${config.file} has no gateway section`);
    const url = textValue(values, 'server') ?? gatewayUrl(config, config.gateway);
    const address = findAddress(config, clusterAddresses(config.gateway, url), textValue(values, 'cluster'));
    const name = textValue(values, 'name') ?? address.name;
    host.stdout.write(
      renderKubeconfig({
        clusterName: name,
        contextName: name,
        userName: name,
        server: address.server,
        certificateAuthorityData: await readAuthority(
          config.gateway.tlsCert ?? certificateAuthorityFile(dataDir),
        ),
        issuerUrl: config.issuer,
        clientId: String(values['client-id']),
        command: String(values['command']),
      }),
    );
    return exitCode.ok;
  },
};

function findAddress(
  { file }: Config,
  addresses: readonly ClusterAddress[],
  name: string | undefined,
): ClusterAddress {
  const found = addresses.find(({ cluster }) => cluster === name);
  if (found !== undefined) return found;
  const names = addresses
    .flatMap(({ cluster }) => cluster ?? [])
    .filter((cluster) => cluster !== ALL_CLUSTERS);
  const known = names.length === 0 ? 'it has no gateway.clusters' : `it has ${names.join(', ')}`;
  throw new UsageError(`${file} has no cluster "${name}"; ${known}`);
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new StartError(
      `${file} does not exist yet: it is made at the first "sallyport start"; start once, or give --data`,
    );
  }
}
