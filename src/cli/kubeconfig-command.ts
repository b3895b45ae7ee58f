import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, loadConfig } from '../config/index.ts';
import { certificateAuthorityFile } from '../gateway/index.ts';
import { renderKubeconfig } from '../plugin/index.ts';
import { StartError } from '../start-error.ts';
import { type Command, EXIT, UsageError } from './command.ts';
import { configOption, dataOption } from './config-option.ts';

const PLUGIN = fileURLToPath(new URL('../../bin/kubectl-sallyport', import.meta.url));

/** In the place of a cluster's name. */
const ALL = '-';

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
      description: "The gateway's URL as clients reach it (default: where it listens)",
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
    command: { type: 'string', value: 'PATH', default: PLUGIN, description: 'The credential plugin' },
  },
  async run(values, host) {
    const dataDir = resolve(String(values['data']));
    const config = await loadConfig(String(values['config']), { dataDir, env: host.env });
    if (!config.gateway) throw new UsageError(`${config.file} has no gateway section`);
    const { host: address, port } = config.gateway.https;
    const cluster = values['cluster'] as string | undefined;
    checkCluster(config, cluster);
    const name = String(values['name'] ?? defaultName(cluster));
    const server = (values['server'] as string | undefined) ?? `https://${urlHost(address)}:${port}`;
    host.stdout.write(
      renderKubeconfig({
        clusterName: name,
        contextName: name,
        userName: name,
        server: cluster === undefined ? server : `${server.replace(/\/$/, '')}/clusters/${cluster}`,
        certificateAuthorityData: await readAuthority(
          config.gateway.tlsCert ?? certificateAuthorityFile(dataDir),
        ),
        issuerUrl: config.issuer,
        clientId: String(values['client-id']),
        command: String(values['command']),
      }),
    );
    return EXIT.ok;
  },
};

function defaultName(cluster: string | undefined): string {
  if (cluster === undefined) return 'sallyport';
  return cluster === ALL ? 'sallyport-all' : `sallyport-${cluster}`;
}

function checkCluster({ file, gateway }: Config, name: string | undefined): void {
  const names = gateway?.clusters.map((cluster) => cluster.name) ?? [];
  if (name === undefined || names.includes(name) || (name === ALL && names.length > 0)) return;
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

/** The wildcard address is no address to connect to; an IPv6 address needs brackets in a URL. */
function urlHost(host: string): string {
  if (host === '' || host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
}
