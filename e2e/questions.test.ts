import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { readMarkdown } from '../test/docs/markdown.ts';
import { bin } from './support/installed.ts';
import { type Outcome, openTerminal, run, type Terminal } from './support/kubectl.ts';
import { openLoggedIn } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const ROOT = resolve(import.meta.dirname, '..');
const LECTURE = join(ROOT, 'config/demo/lecture');

describe('questions through the gateway', () => {
  let sallyport: Sallyport;
  let admin: Terminal;
  let jane: Terminal;

  beforeAll(async () => {
    // Explanations are rationed, so the same question twice may have two answers.
    const plain = (config: string) => config.replace('  target:', '  explainRefusals: false\n  target:');
    sallyport = await startSallyport(plain);
    const open = (login: string) => openLoggedIn(sallyport, inject('kubectl')['1.35'], login);
    [admin, jane] = await Promise.all([open('admin@example.com'), open('jane')]);
    await admin.kubectl('apply', '-f', LECTURE);
  });

  afterAll(async () => {
    await Promise.all([admin, jane].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
  });

  /** `sallyport` as the person at the terminal runs it, with the kubeconfig and its credential plugin. */
  function ask(terminal: Terminal, ...args: string[]): Promise<Outcome> {
    return run(join(bin, 'sallyport'), args, terminal.env);
  }

  describe('can-i says what `kubectl auth can-i` says', () => {
    it.each([
      'get pods',
      'get po/web',
      'list deploy -n dev',
      'delete pods',
      'delete pods -A',
      'create pods --subresource=exec -n dev',
      'get deployments.v1.apps -n dev',
      'get netpol',
      'get nodes',
      'get clusterroles.rbac.authorization.k8s.io',
      'frob pods',
      'frob nodes',
      'get /healthz',
      'get /metrics',
      'frob /healthz',
      'get nothings',
      'get nothings.example.com',
      'impersonate users',
      '* *',
      'get pods -q',
    ])('%s', async (line) => {
      const args = line.split(' ');
      const answers = [admin, jane].map(async (terminal) => {
        const [said, same] = await Promise.all([
          terminal.kubectl('auth', 'can-i', ...args),
          ask(terminal, 'can-i', ...args),
        ]);
        // kubectl ends each warning with an empty line.
        expect(same).toEqual({ ...said, stderr: said.stderr.replaceAll('\n\n', '\n') });
      });
      await Promise.all(answers);
    });

    it('and lists the same', async () => {
      for (const terminal of [admin, jane]) {
        // In order, and each path once: kubectl merges the verbs of resources only.
        const rows = (text: string) =>
          text
            .split('\n')
            .map((row) => row.split(/ {2,}/).map((cell) => cell.replace(/<none>|[[\]]/g, '')))
            .map(([resource = '', url = '', name = '', verbs = '']) =>
              [resource, url, name, verbs.split(/[ ,]/).sort().join(' ')].join('|'),
            )
            .sort()
            .filter((row, index, all) => row !== all[index - 1]);
        const said = await terminal.kubectl('auth', 'can-i', '--list', '--no-headers', '-n', 'dev');
        const listed = await ask(terminal, 'can-i', '--list', '--no-headers', '-n', 'dev');
        expect(rows(listed.stdout)).toEqual(rows(said.stdout));
        expect(listed.code).toBe(said.code);
      }
    });
  });

  describe('as an administrator', () => {
    it('who-can reads the roles and bindings of the cluster', async () => {
      const { stdout, code } = await ask(admin, 'who-can', 'get', 'pods');
      expect(stdout).toMatch(/^User +jane +default +Role pod-reader +RoleBinding read-pods$/m);
      expect(code).toBe(0);
    });

    it("who-can counts the gateway's own manifests", async () => {
      const { stdout } = await ask(admin, 'who-can', 'create', 'deploy', '-n', 'dev');
      expect(stdout).toMatch(/^Group +developers +dev +ClusterRole edit +RoleBinding developers$/m);
      expect(stdout).toMatch(/^Group +platform-admins +\* /m);
    });

    it('what-can shows the matrix of a user', async () => {
      expect(await ask(admin, 'what-can', 'jane')).toEqual({
        stdout: 'NAMESPACE   RESOURCE   NAMES   VERBS\ndefault     pods       *       get,list,watch\n',
        stderr: '',
        code: 0,
      });
    });

    it('can-i --why explains a refusal of somebody else, and its remedy works', async () => {
      const { stdout, code } = await ask(
        admin,
        'can-i',
        'delete',
        'pods/web',
        '--as',
        'jane',
        '--why',
        '-o',
        'yaml',
      );
      expect(code).toBe(1);
      const [nearest] = parse(stdout).why.nearMisses;
      expect(nearest).toMatchObject({ kind: 'verb', grant: { binding: { name: 'read-pods' } } });
      expect((await ask(jane, 'can-i', 'delete', 'pods/web')).stdout).toBe('no\n');
      const remedy = nearest.remedy.map((object: object) => JSON.stringify(object)).join('\n---\n');
      const applied = await admin.kubectlWith(remedy, 'apply', '-f', '-');
      expect(applied.code, applied.stderr).toBe(0);
      expect((await ask(jane, 'can-i', 'delete', 'pods/web')).stdout).toBe('yes\n');
      expect((await ask(jane, 'can-i', 'delete', 'pods/other')).stdout).toBe('no\n');
      expect((await admin.kubectlWith(remedy, 'delete', '-f', '-')).code).toBe(0);
    });

    it("can-i --why finds what allows it among the gateway's own manifests", async () => {
      const { stdout, stderr } = await ask(admin, 'can-i', 'delete', 'nodes', '--why');
      expect(stdout).toMatch(/^yes\n\nAllowed by\n {2}binding {2}ClusterRoleBinding platform-admins\n/);
      expect(stderr).not.toContain('the server itself');
    });

    it('diff says what applying would change', async () => {
      const file = join(admin.home, 'role.json');
      const role = JSON.parse((await admin.kubectl('get', 'role', 'pod-reader', '-o', 'json')).stdout);
      role.rules[0].verbs.push('delete');
      role.metadata = { name: role.metadata.name, namespace: role.metadata.namespace };
      await writeFile(file, JSON.stringify(role));
      const { stdout, code } = await ask(admin, 'diff', '-f', file);
      expect(stdout.split('\n').map((row) => row.split(/ {3,}/))).toEqual([
        ['CHANGE', 'KIND', 'NAME', 'WHERE', 'RESOURCE', 'NAMES', 'VERBS'],
        ['gains', 'User', 'jane', 'default', 'pods', '*', 'delete'],
        [''],
      ]);
      expect(code).toBe(0);
      expect((await ask(admin, 'diff', '-f', LECTURE)).stdout).toBe('Nobody gains or loses anything.\n');
    });

    it('lint passes for the lecture, and fails for what is risky, also at the gateway', async () => {
      const lecture = await ask(admin, 'lint', '-f', LECTURE);
      expect(lecture.code, lecture.stdout + lecture.stderr).toBe(0);
      const calm = await ask(admin, 'lint');
      expect(calm.stdout.match(/^(?:critical|high) .*$/gm)).toEqual([
        expect.stringMatching(/^critical +grants-everything +ClusterRoleBinding platform-admins /),
      ]);
      await admin.kubectl(
        'create',
        'clusterrolebinding',
        'too-much',
        '--clusterrole=cluster-admin',
        '--user=bob',
      );
      const risky = await ask(admin, 'lint');
      expect(risky.stdout).toMatch(/^critical .*ClusterRoleBinding too-much/m);
      expect(risky.code).toBe(1);
      await admin.kubectl('delete', 'clusterrolebinding', 'too-much');
    });

    it('what the recipes say works', async () => {
      const { blocks, prose } = readMarkdown('docs/how-to/rbac-recipes.md');
      const start = prose.indexOf('## Ask a server instead');
      const live = blocks
        .filter(({ language, line }) => language === 'sh' && line > start)
        .map(({ text }) => text)
        .join('\n');
      expect(live).not.toBe('');
      const { code, stderr } = await run('bash', ['-ec', live], admin.env);
      expect(code, stderr).toBe(0);
    });
  });

  describe('as somebody who may not read the policy', () => {
    it.each(['who-can get pods', 'what-can jane', `diff -f ${LECTURE}`, 'lint'])(
      '%s says which right is missing, and what gives it',
      async (line) => {
        const { stdout, stderr, code } = await ask(jane, ...line.split(' '));
        expect(stderr).toContain(
          'clusterroles.rbac.authorization.k8s.io is forbidden: User "jane" cannot list resource "clusterroles" in API group "rbac.authorization.k8s.io" at the cluster scope',
        );
        expect(stderr).toContain('The answer needs the whole policy: the right to list roles, clusterroles');
        expect(stdout).toBe('');
        expect(code).toBe(4);
      },
    );

    it('the remedy that it names works', async () => {
      const { stderr } = await ask(jane, 'what-can', 'jane');
      const commands = stderr.match(/kubectl create .*/g) ?? [];
      expect(commands).toHaveLength(2);
      for (const command of commands) {
        const [, ...args] = command.replace('YOU', 'jane').split(' ');
        const made = await admin.kubectl(...args);
        expect(made.code, made.stderr).toBe(0);
      }
      expect((await ask(jane, 'what-can', 'jane')).stdout).toMatch(/^default +pods /m);
      await admin.kubectl('delete', 'clusterrolebinding', 'policy-readers');
      await admin.kubectl('delete', 'clusterrole', 'policy-reader');
    });

    it('can-i still answers about oneself', async () => {
      expect(await ask(jane, 'can-i', 'list', 'pods')).toEqual({ stdout: 'yes\n', stderr: '', code: 0 });
      expect((await ask(jane, 'can-i', '--list')).stdout).toMatch(/^pods +<none> +<none> +get,/m);
    });
  });

  it('says how to sign in when nobody is', async () => {
    const stranger = await openTerminal(sallyport, inject('kubectl')['1.35']);
    try {
      const { stderr, code } = await ask(stranger, 'can-i', 'get', 'pods');
      expect(stderr).toMatch(/kubectl sallyport login/);
      expect(stderr).toMatch(/the credential plugin .*kubectl-sallyport failed with 3/);
      expect(code).toBe(3);
    } finally {
      await stranger.dispose();
    }
  });
});
