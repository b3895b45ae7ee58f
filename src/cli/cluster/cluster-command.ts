import { resolve } from 'node:path';
import { mergeKubeconfig } from '../../kubeconfig/merge/index.ts';
import { createLog } from '../../telemetry/log/index.ts';
import { type Command, exitCode } from '../command.ts';
import { switchValue, textValue } from '../command-values.ts';
import { renderClusterBanner } from './cluster-banner.ts';
import { readClusterOptions } from './read-cluster-options.ts';

/** kubectl's name for it; kubeadm and kind have the same. */
const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters'] } as const;

const NAME = 'sallyport-cluster';

export const clusterCommand: Command = {
  name: 'cluster',
  summary: 'Start the embedded Kubernetes API alone, for tests, courses and demos',
  usage: 'cluster [--listen HOST:PORT] [--store STORE] [--kubeconfig FILE]',
  description: `One process is a whole cluster: the API of Kubernetes 1.35, RBAC, controllers and a simulated node. A kubeconfig with an
administrator's token is written at each start; what else is in that file stays.`,
  examples: [
    { comment: 'A cluster that is gone when it stops', line: 'sallyport cluster' },
    {
      comment: 'One that is there again at the next start, in your own kubeconfig',
      line: 'sallyport cluster --store sqlite:cluster.db --kubeconfig ~/.kube/config',
    },
    { comment: 'The API only, as envtest has it', line: 'sallyport cluster --no-controllers' },
  ],
  options: {
    listen: {
      type: 'string',
      value: 'HOST:PORT',
      default: '127.0.0.1:6443',
      description: 'Address of the API; port 0 is any free one',
    },
    store: {
      type: 'string',
      value: 'STORE',
      default: 'memory',
      description: 'Where objects are kept: memory, sqlite:FILE, or etcd:URL[,URL]',
    },
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      default: 'cluster.kubeconfig',
      description: 'Where the cluster, its administrator and a context are put',
    },
    'no-controllers': {
      type: 'boolean',
      description: 'Objects stay as they were written: no pods of deployments, no node',
    },
    'token-auth-file': {
      type: 'string',
      value: 'FILE',
      description: 'More users, as for kube-apiserver: token,user,uid,"group,group" a line',
    },
    'client-ca-file': {
      type: 'string',
      value: 'FILE',
      description: 'Authorities whose client certificates count',
    },
    'audit-policy-file': {
      type: 'string',
      value: 'FILE',
      description: 'What is audited, as for kube-apiserver (default: nothing)',
    },
    'audit-log-path': { type: 'string', value: 'FILE', description: 'Where it goes; - is standard output' },
    'tls-cert-file': {
      type: 'string',
      value: 'FILE',
      description: 'Serving certificate (default: one of an authority of its own)',
    },
    'tls-private-key-file': { type: 'string', value: 'FILE', description: 'Its key' },
    'tls-san': {
      type: 'string',
      multiple: true,
      value: 'NAME',
      description: 'A further name or address in the serving certificate; may be repeated',
    },
    'cert-dir': {
      type: 'string',
      value: 'DIR',
      description: 'Keeps the authority there (default: FILE-pki beside an SQLite store, else nowhere)',
    },
    'allow-remote': { type: 'boolean', description: 'Listen where other machines reach it' },
    quiet: { type: 'boolean', short: 'q', description: 'Print nothing when it is ready' },
  },
  async run(values, host) {
    const log = createLog({
      level: 'info',
      format: 'text',
      stream: { write: (line) => void host.stderr.write(line) },
    });
    const options = await readClusterOptions(values);
    const stopped = new Promise<string>((stop) => {
      host.onStopSignal(stop);
    });
    const cluster = await host.startCluster({ ...options, cutsConnections: false, log });
    try {
      const kubeconfig = resolve(textValue(values, 'kubeconfig') ?? '');
      const currentContext = await mergeKubeconfig(kubeconfig, {
        name: NAME,
        server: cluster.url,
        certificateAuthority: cluster.certificateAuthority,
        token: cluster.admit(ADMIN),
      });
      const startupMs = process.uptime() * 1000;
      const { url } = cluster;
      if (!switchValue(values, 'quiet'))
        host.stdout.write(
          renderClusterBanner({ ...options, url, kubeconfig, context: NAME, currentContext, startupMs }),
        );
      log.info({ signal: await stopped }, 'stopping');
    } finally {
      await cluster.close();
    }
    return exitCode.ok;
  },
};
