import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { readMarkdown } from '../../test/docs/markdown.ts';
import { type KubeApiServer, startKubeApiServer } from './kube-apiserver.ts';
import { run } from './kubectl.ts';
import { widgets } from './matrix-files.ts';
import { type Sallyport, startSallyport } from './sallyport.ts';

/** What `rbac: { cluster: true }` needs beyond the guide's account. */
const READS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: gateway-reads }
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [roles, rolebindings, clusterroles, clusterrolebindings]
    verbs: [get, list, watch]
`;

/** Namespaces of those who ask kube-apiserver itself, and of those who come through the gateway. */
export const NAMESPACES = { direct: 'direct', fronted: 'fronted' } as const;

export interface FrontedKubeApiServer {
  readonly api: KubeApiServer;
  /** As it is now. */
  sallyport(): Sallyport;
  /** SIGKILL, and a start on the same data and ports. */
  killAndRestart(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * A real kube-apiserver with the account of docs/how-to/real-cluster.md, and the product in front of it: it impersonates;
 * at /clusters/asked it asks kube-apiserver to decide, at /clusters/passed it passes tokens on, at /clusters/fixed its own
 * account does it all. Who kube-apiserver knows is known by TokenReview; `boss` may do everything, `plain` nothing.
 */
export async function startFrontedKubeApiServer(): Promise<FrontedKubeApiServer> {
  const api = await startKubeApiServer(inject('kubeApiServer'), inject('etcd'));
  const admin = join(api.directory, 'admin.kubeconfig');
  await writeFile(admin, api.kubeconfig('admin'), { mode: 0o600 });
  const kubectl = async (args: string, input = ''): Promise<string> => {
    const env = { ...process.env, KUBECONFIG: admin };
    const { code, stdout, stderr } = await run(inject('kubectl')['1.35'], args.split(' '), env, input);
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
  const [account] = readMarkdown('docs/how-to/real-cluster.md').blocks;
  await kubectl('apply -f -', account?.text);
  await kubectl('apply -f -', READS);
  await kubectl('apply -f -', widgets);
  for (const [name, role, whom] of [
    ['reads', 'gateway-reads', '--serviceaccount=sallyport:gateway'],
    ['asks', 'system:auth-delegator', '--serviceaccount=sallyport:gateway'],
    ['bosses', 'cluster-admin', '--group=bosses'],
  ]) {
    await kubectl(`create clusterrolebinding ${name} --clusterrole=${role} ${whom}`);
  }
  for (const namespace of Object.values(NAMESPACES)) await kubectl(`create namespace ${namespace}`);

  const target = `{ server: '${api.url}', certificateAuthority: cluster-ca.crt, tokenFile: gateway.token }`;
  const own = (mode: string) =>
    `tokenReview: true, rbac: { cluster: true }, target: { kubeconfig: own.kubeconfig, mode: ${mode} }`;
  let sallyport = await startSallyport(
    (config) =>
      config
        .replace(
          '  target: embedded\n',
          `  target: ${target}
  adminApi: false
  tokenReview: true
  clusters:
    - { name: asked, tokenReview: true, authorization: subjectAccessReview, target: ${target} }
    - { name: passed, ${own('passThrough')} }
    - { name: fixed, ${own('fixed')} }
`,
        )
        .replace('manifests: [demo/rbac]', 'cluster: true')
        .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, ''),
    {
      files: {
        // Controllers, which fill the guide's Secret, are not there.
        'config/gateway.token': await kubectl('-n sallyport create token gateway'),
        'config/cluster-ca.crt': api.ca,
        'config/own.kubeconfig': api.kubeconfig('admin'),
      },
    },
  );
  return {
    api,
    sallyport: () => sallyport,
    async killAndRestart() {
      await sallyport.kill();
      sallyport = await sallyport.restart();
    },
    async dispose() {
      await sallyport.dispose();
      await api.stop();
    },
  };
}
