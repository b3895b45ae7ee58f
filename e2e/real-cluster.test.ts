import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchBrowser } from './support/browser.ts';
import { askGateway } from './support/gateway-request.ts';
import { openTerminal, type Terminal } from './support/kubectl.ts';
import { loginTerminal } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

/**
 * A gateway in front of an API server that it reaches by kubeconfig and impersonation, with that server's own RBAC objects
 * as the policy. The API server is another Sallyport's: it speaks the same protocol, impersonation included.
 */
describe('a gateway in front of an API server', () => {
  let cluster: Sallyport;
  let gateway: Sallyport;
  /** Asks the API server about each request, and then does it with its own account. */
  let asking: Sallyport;
  let browser: Browser;
  let admin: Terminal;
  let jane: Terminal;

  beforeAll(async () => {
    [cluster, browser] = await Promise.all([startSallyport(), launchBrowser()]);
    const program = inject('kubectl')['1.35'];
    admin = await openTerminal(cluster, program);
    await loginTerminal(admin, browser, 'admin');
    const kubeconfig = await readFile(String(admin.env['KUBECONFIG']), 'utf8');
    const { stdout } = await admin.kubectl(
      'config',
      'view',
      '--raw',
      '-o',
      'jsonpath={.clusters[0].cluster.server}',
    );
    expect(stdout).toBe(cluster.gateway);
    gateway = await startSallyport(
      (config) =>
        config
          .replace('  target: embedded\n', '  target: { kubeconfig: cluster.kubeconfig }\n')
          .replace('manifests: [demo/rbac]', 'cluster: true')
          .replace('accessRequests: {}', 'accessRequests: { maxDuration: 2h }')
          .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, ''),
      { files: { 'config/cluster.kubeconfig': kubeconfig }, env: admin.env },
    );
    asking = await startSallyport(
      (config) =>
        config
          .replace(
            '  target: embedded\n',
            '  target: { kubeconfig: cluster.kubeconfig, mode: fixed }\n  authorization: subjectAccessReview\n',
          )
          .replace(/ {2}rbac:\n {4}manifests: \[demo\/rbac\]\n/, '')
          .replace(/ {2}embedded:\n {4}namespaces: \[dev\]\n/, ''),
      { files: { 'config/cluster.kubeconfig': kubeconfig }, env: admin.env },
    );
    jane = await openTerminal(gateway, program);
    await loginTerminal(jane, browser, 'jane');
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all([admin, jane].map((terminal) => terminal?.dispose()));
    await Promise.all([gateway?.dispose(), asking?.dispose()]);
    await cluster?.dispose();
  });

  /** Waits for the rights that a change in the cluster gives or takes. */
  async function until(code: number, ...args: string[]): Promise<string> {
    for (;;) {
      const outcome = await jane.kubectl(...args);
      if (outcome.code === code) return outcome.stdout + outcome.stderr;
    }
  }

  it('decides by the cluster’s own objects, and forwards as the caller', async () => {
    expect((await jane.kubectl('get', 'pods')).stderr).toContain('User "jane" cannot list resource "pods"');
    await admin.kubectl('apply', '-f', 'config/demo/lecture');
    await admin.kubectl('run', 'web', '--image=nginx');
    expect(await until(0, 'get', 'pods', '-o', 'name')).toBe('pod/web\n');
    expect((await jane.kubectl('delete', 'pod', 'web')).stderr).toContain(
      'User "jane" cannot delete resource "pods"',
    );
  });

  it('or lets the API server decide, by SubjectAccessReview', async () => {
    const terminal = await openTerminal(asking, inject('kubectl')['1.35']);
    try {
      await loginTerminal(terminal, browser, 'jane');
      expect((await terminal.kubectl('get', 'pods', '-o', 'name')).stdout).toBe('pod/web\n');
      expect((await terminal.kubectl('delete', 'pod', 'web')).stderr).toContain(
        'User "jane" cannot delete resource "pods"',
      );
      expect((await terminal.kubectl('get', 'pods', '--as', 'admin')).stderr).toContain(
        'User "jane" cannot impersonate',
      );
      expect((await terminal.kubectl('auth', 'can-i', 'list', 'pods')).stdout).toBe('yes\n');
      expect((await terminal.kubectl('auth', 'can-i', 'delete', 'pods')).stdout).toBe('no\n');
      expect(
        (await terminal.kubectl('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')).stdout,
      ).toBe('jane');
    } finally {
      await terminal.dispose();
    }
  });

  it('has the admin API beside the API server, also where that one decides', async () => {
    await admin.kubectl('apply', '-f', 'config/rbac/sallyport.yaml');
    const binding = ['clusterrolebinding', 'admins', '--clusterrole=sallyport:admin', '--user=jane'];
    await admin.kubectl('create', ...binding);
    await until(0, 'get', 'users.sallyport.dev');
    for (const sallyport of [gateway, asking]) {
      const terminal = await openTerminal(sallyport, inject('kubectl')['1.32']);
      try {
        await loginTerminal(terminal, browser, 'jane');
        const kinds = (await terminal.kubectl('api-resources', '-o', 'name')).stdout.split('\n');
        expect(kinds).toEqual(expect.arrayContaining(['deployments.apps', 'users.sallyport.dev', 'pods']));
        const made = await terminal.kubectlWith(
          'apiVersion: sallyport.dev/v1\nkind: Group\nmetadata: {name: ops}\n',
          ...['apply', '-f', '-'],
        );
        expect(made.stdout).toBe('group.sallyport.dev/ops created\n');
        const user = 'apiVersion: sallyport.dev/v1\nkind: User\nmetadata: {generateName: u-}\nspec: ';
        const amy = `${user}{email: amy@example.com, groups: [ops]}\n`;
        const created = await terminal.kubectlWith(amy, 'create', '-f', '-', '-o', 'jsonpath={.spec.groups}');
        expect([created.stdout, created.stderr]).toEqual(['["ops"]', '']);
        const explained = await terminal.kubectl('explain', 'groups', '--api-version=sallyport.dev/v1');
        expect(explained.stdout).toContain('users of the store can be in');
      } finally {
        await terminal.dispose();
      }
    }
  });

  it('has access asked for, and the binding in the API server', async () => {
    const bind = (name: string, ...args: string[]) =>
      admin.kubectl('create', 'clusterrolebinding', name, ...args);
    await bind('requesters', '--clusterrole=sallyport:access-requester', '--user=jane');
    await bind('bosses', '--clusterrole=cluster-admin', '--user=bob');
    const bob = await openTerminal(gateway, inject('kubectl')['1.35']);
    try {
      await loginTerminal(bob, browser, 'bob@example.com');
      await until(0, 'auth', 'can-i', 'create', 'accessrequests.sallyport.dev');
      const ask = ['sallyport', 'request', 'edit', '-n', 'default', '--for', '1h', '--reason', 'ticket 4711'];
      const asked = await jane.kubectl(...ask, '-o', 'name');
      const name = asked.stdout.trim().replace('accessrequest.sallyport.dev/', '');
      const decide = (word: string) => bob.kubectl('sallyport', 'requests', word, name, '-n', 'default');
      expect(await decide('approve')).toMatchObject({ code: 0, stderr: '' });
      expect(await until(0, 'auth', 'can-i', 'delete', 'pods', '-n', 'default')).toBe('yes\n');
      const bindings = async () =>
        (await admin.kubectl('get', 'rolebindings', '-n', 'default', '-o', 'name')).stdout;
      expect(await bindings()).toContain('sallyport-access-');
      expect(await decide('revoke')).toMatchObject({ code: 0, stderr: '' });
      expect(await bindings()).not.toContain('sallyport-access-');
      expect(await until(1, 'auth', 'can-i', 'delete', 'pods', '-n', 'default')).toContain('no');
    } finally {
      await bob.dispose();
    }
  });

  it('streams a watch through both', async () => {
    const watch = jane.spawnKubectl('get', 'pods', '-w', '-o', 'name');
    let seen = '';
    watch.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    const sees = (text: string) =>
      new Promise<void>((done) => {
        const check = () => seen.includes(text) && done();
        watch.stdout?.on('data', check);
        check();
      });
    await sees('pod/web');
    await admin.kubectl('run', 'later', '--image=nginx');
    await sees('pod/later');
    watch.kill();
  });

  it('takes a right away when the cluster does', async () => {
    await admin.kubectl('delete', 'rolebinding', 'read-pods');
    expect(await until(1, 'get', 'pods')).toContain('User "jane" cannot list resource "pods"');
  });

  it('says so when the API server is gone', async () => {
    await cluster.stop();
    const { code, stderr } = await jane.kubectl('get', '--raw', '/version');
    expect(code).toBe(1);
    expect(stderr).toContain('the API server did not answer');
    expect((await askGateway(gateway, '/healthz')).body).toBe('ok');
  });
});
