import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { collect } from './support/collect.ts';
import { KUBECTL_VERSIONS, type Terminal } from './support/kubectl.ts';
import { openLoggedIn } from './support/login-terminal.ts';
import { ok } from './support/outcomes.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import type { KubectlVersion } from './support/tools.ts';

const FILTERED = (config: string) => config.replace('gateway:\n', 'gateway:\n  filteredLists: true\n');

/**
 * jane may read pods in `blue`, `green` and, by the demo's own manifests, in `dev`; not in `red`. The first gateway has the
 * embedded API, the second one the first as its API server.
 */
describe('lists over all namespaces for somebody who may list in some', () => {
  let cluster: Sallyport;
  let remote: Sallyport;
  let admin: Terminal;
  const terminals: Terminal[] = [];

  beforeAll(async () => {
    cluster = await startSallyport(FILTERED);
    admin = await terminalOf(cluster, '1.35', 'admin');
    const kubeconfig = await readFile(String(admin.env['KUBECONFIG']), 'utf8');
    remote = await startSallyport(
      (config) =>
        FILTERED(config)
          .replace('  target: embedded\n', '  target: { kubeconfig: cluster.kubeconfig }\n')
          .replace('manifests: [demo/rbac]', 'cluster: true')
          .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, ''),
      { files: { 'config/cluster.kubeconfig': kubeconfig }, env: admin.env },
    );
    for (const namespace of ['red', 'green', 'blue', 'blue-dark']) {
      await ok(admin, 'create', 'namespace', namespace);
      for (const name of ['web', 'db']) await ok(admin, 'run', name, '--image=nginx', '-n', namespace);
    }
    for (const namespace of ['blue', 'green', 'blue-dark']) await grant(namespace);
    const names = [
      '--verb=list,watch',
      '--resource=namespaces',
      '--resource-name=blue',
      '--resource-name=green',
    ];
    await ok(admin, 'create', 'clusterrole', 'see', ...names);
    await ok(admin, 'create', 'clusterrolebinding', 'see', '--clusterrole=see', '--user=jane');
  });

  afterAll(async () => {
    await Promise.all(terminals.map((terminal) => terminal.dispose()));
    await remote?.dispose();
    await cluster?.dispose();
  });

  async function terminalOf(sallyport: Sallyport, version: KubectlVersion, who: string): Promise<Terminal> {
    const terminal = await openLoggedIn(sallyport, inject('kubectl')[version], who);
    terminals.push(terminal);
    return terminal;
  }

  const grant = (namespace: string) =>
    ok(admin, 'create', 'rolebinding', 'jane', '--clusterrole=view', '--user=jane', '-n', namespace);

  const NAMES = ['-o', 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}'];
  // By key, as an API server orders them: `blue-dark/` before `blue/`.
  const MINE = 'blue-dark/db\nblue-dark/web\nblue/db\nblue/web\ngreen/db\ngreen/web\n';

  describe.each(KUBECTL_VERSIONS)('kubectl %s', (version) => {
    describe.each([
      ['the embedded API', () => cluster],
      ['an API server', () => remote],
    ])('with %s', (_, target) => {
      let jane: Terminal;
      beforeAll(async () => {
        jane = await terminalOf(target(), version, 'jane');
        // The second gateway follows the first one's RBAC objects.
        while ((await jane.kubectl('get', 'pods', '-A', ...NAMES)).stdout !== MINE);
      });

      it('gets what she may see, as a table, as objects, and object by object', async () => {
        const table = await ok(jane, 'get', 'pods', '-A');
        expect(table.split('\n').map((row) => row.split(/\s+/).slice(0, 2).join('/'))).toEqual([
          'NAMESPACE/NAME',
          ...MINE.split('\n'),
        ]);
        const chunked = await ok(jane, 'get', 'pods', '-A', '--chunk-size=1');
        expect(chunked.replaceAll(/\d+[ms]\S*/g, '')).toBe(table.replaceAll(/\d+[ms]\S*/g, ''));
        const { items } = JSON.parse(await ok(jane, 'get', 'pods', '-A', '-o', 'json'));
        expect(items).toHaveLength(6);
        const selected = await ok(jane, 'get', 'pods', '-A', '-l', 'run=web', '--chunk-size=2', ...NAMES);
        expect(selected).toBe('blue-dark/web\nblue/web\ngreen/web\n');
      });

      it('gets the namespaces that she may list by name', async () => {
        expect(await ok(jane, 'get', 'namespaces', '-o', 'name')).toBe('namespace/blue\nnamespace/green\n');
      });

      it('is refused what is in no namespace, and told the truth about her rights', async () => {
        const { code, stderr } = await jane.kubectl('get', 'nodes');
        expect([code, stderr]).toEqual([
          1,
          expect.stringContaining('cannot list resource "nodes" in API group "" at the cluster scope'),
        ]);
        expect((await jane.kubectl('auth', 'can-i', 'list', 'pods', '-A')).stdout).toMatch(/^no\b/);
        expect((await jane.kubectl('get', 'pods', '-n', 'red')).code).toBe(1);
      });

      it('watches what she may see, until she may see more', async () => {
        const watch = jane.spawnKubectl('get', 'pods', '-A', '-w', '-o', 'name');
        const output = collect(watch);
        const ended = new Promise((done) => watch.once('close', done));
        await output.until(/(?:pod\/\w+\n){6}/);
        const name = `later-${version.replace('.', '')}`;
        await ok(admin, 'run', `${name}-red`, '--image=nginx', '-n', 'red');
        await ok(admin, 'run', name, '--image=nginx', '-n', 'green');
        await output.until(new RegExp(`pod/${name}\n`));
        await ok(admin, 'delete', 'pod', name, '-n', 'green');
        await grant('red');
        await ended;
        expect(output.stdout()).not.toContain(`${name}-red`);
        // So kubectl shows every error that a watch ends with.
        expect(output.stdout()).toMatch(/status\/<unknown>\n$/);
        await ok(admin, 'delete', 'rolebinding', 'jane', '-n', 'red');
        await ok(admin, 'delete', 'pod', `${name}-red`, '-n', 'red');
      });
    });
  });
});
