import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { openTerminal, run, type Terminal } from './support/kubectl.ts';
import { loginTerminal } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const NAMES = ['north', 'south'] as const;

/** One gateway in front of three clusters: its embedded one, and two API servers, each with a policy of its own. */
describe('several clusters', () => {
  let clusters: Sallyport[];
  let gateway: Sallyport;
  let browser: Browser;
  let admins: Terminal[];
  let jane: Terminal;

  beforeAll(async () => {
    const program = inject('kubectl')['1.35'];
    browser = await launchBrowser();
    clusters = await Promise.all(NAMES.map(() => startSallyport()));
    admins = await Promise.all(clusters.map((cluster) => openTerminal(cluster, program)));
    const files: Record<string, string> = {};
    for (const [index, admin] of admins.entries()) {
      await loginTerminal(admin, browser, 'admin');
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
    await loginTerminal(jane, browser, 'jane');
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([...(admins ?? []), jane].map((terminal) => terminal?.dispose()));
    await gateway?.dispose();
    await Promise.all((clusters ?? []).map((cluster) => cluster.dispose()));
  });

  /** kubectl with the kubeconfig of one of the gateway's clusters. */
  async function kubectlAt(cluster: string, ...args: string[]) {
    const made = await run(
      join(import.meta.dirname, '../bin/sallyport'),
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
