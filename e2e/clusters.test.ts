import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bin } from './support/installed.ts';
import { openTerminal, run, type Terminal } from './support/kubectl.ts';
import { loginPlainly } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const NAMES = ['north', 'south'] as const;

/** One gateway in front of three clusters: its embedded one, and two API servers, each with a policy of its own. */
describe('several clusters', () => {
  let clusters: Sallyport[];
  let gateway: Sallyport;
  let admins: Terminal[];
  let jane: Terminal;

  beforeAll(async () => {
    const program = inject('kubectl')['1.35'];
    clusters = await Promise.all(NAMES.map(() => startSallyport()));
    admins = await Promise.all(clusters.map((cluster) => openTerminal(cluster, program)));
    const files: Record<string, string> = {};
    for (const [index, admin] of admins.entries()) {
      await loginPlainly(admin, 'admin');
      const name = NAMES[index];
      files[`config/${name}.kubeconfig`] = await readFile(String(admin.env['KUBECONFIG']), 'utf8');
      await admin.kubectl('run', `in-${name}`, '--image=nginx');
      await admin.kubectl('create', 'rolebinding', 'jane', '--clusterrole=view', `--user=jane`);
    }
    // Each kubeconfig's user is the admin of its own cluster; their token caches are apart.
    for (const [index, admin] of admins.entries()) {
      const token = await admin.kubectl('sallyport', 'token');
      const kubeconfig = files[`config/${NAMES[index]}.kubeconfig`] ?? '';
      files[`config/${NAMES[index]}.kubeconfig`] = withToken(
        kubeconfig,
        JSON.parse(token.stdout).status.token,
      );
    }
    gateway = await startSallyport(
      (config) =>
        config.replace(
          '  target: embedded\n',
          `  target: embedded
  clusters:
    - name: north
      rbac: { cluster: true }
      target: { kubeconfig: north.kubeconfig }
    - name: south
      serverName: south.localhost
      rbac: { cluster: true }
      target: { kubeconfig: south.kubeconfig }
`,
        ),
      { files },
    );
    jane = await openTerminal(gateway, program);
    await loginPlainly(jane, 'jane');
  });

  afterAll(async () => {
    await Promise.all([...(admins ?? []), jane].map((terminal) => terminal?.dispose()));
    await gateway?.dispose();
    await Promise.all((clusters ?? []).map((cluster) => cluster.dispose()));
  });

  /** kubectl with the kubeconfig of one of the gateway's clusters. */
  async function kubectlAt(cluster: string, ...args: string[]) {
    const made = await run(
      join(bin, 'sallyport'),
      ['kubeconfig', '--config', gateway.configFile, '--data', gateway.dataDir, '--cluster', cluster],
      jane.env,
    );
    const kubeconfig = join(jane.home, `${cluster}.kubeconfig`);
    await writeFile(kubeconfig, made.stdout);
    return jane.kubectl('--kubeconfig', kubeconfig, ...args);
  }

  it('are reached by name with one sign-in, each by its own policy', async () => {
    expect(await kubectlAt('north', 'get', 'pods', '-o', 'name')).toMatchObject({ stdout: 'pod/in-north\n' });
    expect(await kubectlAt('south', 'get', 'pods', '-o', 'name')).toMatchObject({ stdout: 'pod/in-south\n' });
    await admins[0]?.kubectl('delete', 'rolebinding', 'jane');
    for (;;) {
      const { code, stderr } = await kubectlAt('north', 'get', 'pods');
      if (code === 0) continue;
      expect(stderr).toContain('User "jane" cannot list resource "pods"');
      break;
    }
    expect(await kubectlAt('south', 'get', 'pods', '-o', 'name')).toMatchObject({ stdout: 'pod/in-south\n' });
    // The one without a name is as it was.
    expect(await jane.kubectl('get', 'pods', '-n', 'dev')).toMatchObject({ code: 0 });
  });

  it('are reached by server name too', async () => {
    const { port } = new URL(gateway.gateway);
    const by = ['--server', gateway.gateway, '--tls-server-name', 'south.localhost'];
    expect((await jane.kubectl(...by, 'get', 'pods', '-o', 'name')).stdout).toBe('pod/in-south\n');
    const mismatch = await jane.kubectl(
      '--server',
      `https://127.0.0.1:${port}/clusters/north`,
      '--tls-server-name',
      'south.localhost',
      'get',
      'pods',
    );
    expect(mismatch.stderr).toContain('names another cluster');
  });

  it('list together, each with its label, and only where the caller may', async () => {
    await admins[0]?.kubectl('create', 'rolebinding', 'all', '--clusterrole=view', '--user=jane');
    // The policies of the clusters are followed: a moment later, north shows up.
    const pods = ['get', 'pods', '-n', 'default', '-L', 'sallyport.dev/cluster'];
    let listed = await kubectlAt('-', ...pods);
    while (!listed.stdout.includes('in-north')) listed = await kubectlAt('-', ...pods);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^NAME .* CLUSTER\n(?:.* root\n)*in-north .* north\nin-south .* south\n$/);

    const names = ['-n', 'default', '-o', 'jsonpath={.items[*].metadata.name}'];
    const south = await kubectlAt('-', 'get', 'pods', '-l', 'sallyport.dev/cluster=south', ...names);
    expect(south.stdout).toBe('in-south');
    const paged = await kubectlAt('-', 'get', 'pods', '--chunk-size=1', ...names);
    expect(paged.stdout.split(' ').slice(-2)).toEqual(['in-north', 'in-south']);

    // Nowhere may jane list all namespaces, and the answer is the first cluster's.
    const all = await kubectlAt('-', 'get', 'pods', '-A');
    expect(all.stderr).toContain('User "jane" cannot list resource "pods"');
    expect((await kubectlAt('-', 'get', 'pod', 'in-north', '-n', 'default')).stderr).toContain(
      'name a cluster: /clusters/<name>/…',
    );
    expect((await kubectlAt('-', 'delete', 'pod', 'in-north', '-n', 'default')).stderr).toContain(
      'name a cluster',
    );
    expect((await kubectlAt('-', ...pods, '-w')).stderr).toContain('a watch is of one cluster');
  });

  it('go on listing together when one of them is stopped, and say which', async () => {
    for (const admin of admins) {
      await admin.kubectl('create', 'clusterrolebinding', 'jane', '--clusterrole=view', '--user=jane');
    }
    const pods = ['get', 'pods', '-A', '-L', 'sallyport.dev/cluster'];
    let listed = await kubectlAt('-', ...pods);
    while (!/in-north.*in-south/s.test(listed.stdout)) listed = await kubectlAt('-', ...pods);
    await clusters[0]?.stop();
    const { code, stdout, stderr } = await kubectlAt('-', ...pods);
    expect(code).toBe(0);
    expect(stderr).toBe('Warning: cluster north: 503 Service Unavailable\n');
    expect(stdout).toMatch(/^NAMESPACE .* CLUSTER\n.*in-south .* south\n$/s);
    expect(stdout).not.toContain('in-north');
    expect(await kubectlAt('-', ...pods, '--warnings-as-errors')).toMatchObject({ code: 1 });
  });

  it('that are not there are said to be so', async () => {
    const { stderr } = await jane.kubectl(
      '--server',
      `${gateway.gateway}/clusters/west`,
      'get',
      '--raw',
      '/version',
    );
    expect(stderr).toContain('there is no cluster "west" here');
  });
});

function withToken(kubeconfig: string, token: string): string {
  const start = kubeconfig.indexOf('    user:\n');
  const end = kubeconfig.indexOf('contexts:');
  return `${kubeconfig.slice(0, start)}    user:\n      token: ${token}\n${kubeconfig.slice(end)}`;
}
