import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMachine, type Machine } from '../harness.ts';
import { startIssuer, type TestIssuer } from '../issuer.ts';

let issuer: TestIssuer;
let machine: Machine;
let file: string;
beforeEach(async () => {
  issuer = await startIssuer();
  issuer.rules.portal = {
    clusters: [
      { name: 'sallyport', server: 'https://kube.example', certificate_authority_data: 'QQ==' },
      { name: 'sallyport-prod', server: 'https://kube.example/clusters/prod' },
    ],
  };
  machine = createMachine();
  file = join(machine.home, '.kube', 'config');
});
afterEach(() => issuer.close());

const read = (path = file) => parse(readFileSync(path, 'utf8'));
const names = (list: { name: string }[]) => list.map(({ name }) => name);

describe('login URL with nothing configured (N8)', () => {
  it('finds issuer and clusters, logs in, writes contexts, and lets kubectl say who that is', async () => {
    const programs: string[] = [];
    const outcome = await machine.run(['login', issuer.url], {
      runProgram: async (program, args) => {
        programs.push([program, ...args].join(' '));
        return 0;
      },
    });
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(
      /as jane\.[\s\S]*context\/sallyport created\ncontext\/sallyport-prod created\nThe current context is sallyport\n/,
    );
    expect(programs).toEqual(['kubectl --context sallyport auth whoami']);
    const { clusters, users, contexts, 'current-context': current } = read();
    expect(clusters[0].cluster).toEqual({
      server: 'https://kube.example',
      'certificate-authority-data': 'QQ==',
    });
    expect(clusters[1].cluster).toEqual({ server: 'https://kube.example/clusters/prod' });
    expect([names(users), names(contexts), current]).toEqual([
      ['sallyport', 'sallyport-prod'],
      ['sallyport', 'sallyport-prod'],
      'sallyport',
    ]);
    const { exec } = users[0].user;
    expect(exec).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'IfAvailable',
    });
    expect(exec.args).toEqual(['token', '--issuer', issuer.url, '--client-id', 'kubectl']);
    expect(existsSync(exec.command)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file}.lock`)).toBe(false);
    // The exec entry finds what the login has kept.
    expect((await machine.run(exec.args)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toContain(machine.credentials(issuer.url)?.idToken);
  });

  it('begins with the cluster that is asked for, and says how to go back', async () => {
    mkdirSync(join(machine.home, '.kube'));
    writeFileSync(
      file,
      'current-context: work\ncontexts: [{ name: work, context: { cluster: w, user: w } }]\n',
    );
    const { stdout } = await machine.run(['login', issuer.url, '--cluster=prod']);
    expect(stdout).toContain(
      'The current context is sallyport-prod; back: kubectl config use-context work\n',
    );
    expect(names(read().contexts)).toEqual(['work', 'sallyport', 'sallyport-prod']);
    const kept = await machine.run(['login', issuer.url, '--keep-context']);
    expect(kept.stdout).toContain('context/sallyport unchanged');
    expect(read()['current-context']).toBe('sallyport-prod');
    expect(await machine.run(['login', issuer.url, '--cluster=red'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('it has sallyport, sallyport-prod'),
    });
  });

  it('takes no name that another cluster has', async () => {
    mkdirSync(join(machine.home, '.kube'));
    writeFileSync(
      file,
      'clusters: [{ name: c, cluster: { server: https://other.example } }]\ncontexts: [{ name: sallyport, context: { cluster: c, user: u } }]\n',
    );
    await machine.run(['login', issuer.url]);
    const host = new URL(issuer.url).host;
    expect(names(read().contexts)).toEqual(['sallyport', `sallyport@${host}`, 'sallyport-prod']);
    expect(read().contexts[0].context).toEqual({ cluster: 'c', user: 'u' });
    // And knows its own again.
    await machine.run(['login', issuer.url]);
    expect(read().contexts).toHaveLength(3);
  });

  it.each<[string, Record<string, unknown> | undefined, number, RegExp]>([
    ['is no portal', undefined, 2, /answered 404: is it the address of a Sallyport/],
    [
      'has another issuer',
      { issuer: 'https://evil.example', clusters: [] },
      1,
      /its issuer "https:\/\/evil\.example" is elsewhere/,
    ],
    ['has no clusters', { clusters: [] }, 1, /has no clusters/],
    [
      'has a cluster in the clear',
      { clusters: [{ name: 'a', server: 'http://kube.example' }] },
      1,
      /not of the form/,
    ],
    [
      'has a name for the terminal',
      { clusters: [{ name: '\u001b[2J', server: 'https://kube.example' }] },
      1,
      /not of the form/,
    ],
  ])('changes nothing when the address %s', async (_name, portal, code, words) => {
    if (portal === undefined) delete issuer.rules.portal;
    else issuer.rules.portal = portal;
    const outcome = await machine.run(['login', issuer.url]);
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(words) });
    expect(existsSync(file)).toBe(false);
    expect(issuer.counts.authorize).toBe(0);
  });

  it('takes any issuer and cluster that --issuer and --server name', async () => {
    const server = ['--server=https://api.example:6443', '--cluster=lab', '--client-id=k8s'];
    const { code } = await machine.run(['login', '--issuer', issuer.url, ...server]);
    expect(code).toBe(0);
    const { clusters, users } = read();
    expect(clusters).toEqual([{ name: 'lab', cluster: { server: 'https://api.example:6443' } }]);
    expect(users[0].user.exec.args).toEqual(['token', '--issuer', issuer.url, '--client-id', 'k8s']);
    expect(await machine.run(['login', '--issuer', issuer.url, '--server=http://api.example'])).toMatchObject(
      {
        code: 2,
        stderr: expect.stringContaining('--server must be an https URL'),
      },
    );
  });

  it('changes nothing when nobody logs in', async () => {
    const outcome = await machine.run(['login', issuer.url, '--timeout=20ms'], {
      openBrowser: async () => true,
    });
    expect([outcome.code, existsSync(file)]).toEqual([8, false]);
  });
});

describe('kubectl sallyport kubeconfig', () => {
  it('writes each entry where it is, new ones into the first file that there is, through links', async () => {
    const [first, second, target] = ['a', 'b', 'target'].map((name) => join(machine.home, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(target, '# mine\ncontexts: []\n', { mode: 0o640 });
    symlinkSync(target, second);
    machine.env['KUBECONFIG'] = `${first}:${second}`;
    expect((await machine.run(['kubeconfig', issuer.url])).stdout).toMatch(
      /^cluster\/sallyport created\nuser\/sallyport created\n/,
    );
    expect(existsSync(first)).toBe(false);
    expect(readFileSync(target, 'utf8')).toMatch(/^# mine\n/);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(names(read(second).contexts)).toEqual(['sallyport', 'sallyport-prod']);
    expect(readFileSync(second, 'utf8')).toBe(readFileSync(target, 'utf8'));
  });

  it('--dry-run says what, --print prints a file to share, and neither writes', async () => {
    const dry = await machine.run(['kubeconfig', issuer.url, '--dry-run']);
    expect(dry.stdout).toContain('context/sallyport created (dry run)\n');
    const { stdout } = await machine.run([
      'kubeconfig',
      issuer.url,
      '--print',
      '--command=kubectl-sallyport',
    ]);
    expect(parse(stdout).users[0].user.exec.command).toBe('kubectl-sallyport');
    expect(existsSync(file)).toBe(false);
  });

  it('waits for who has locked the file, and exits 6 when they do not end', { timeout: 10_000 }, async () => {
    mkdirSync(join(machine.home, '.kube'));
    writeFileSync(`${file}.lock`, '');
    expect(await machine.run(['kubeconfig', issuer.url])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining(`${file}.lock`),
    });
  });

  it('refuses a file that it cannot read as a whole', async () => {
    mkdirSync(join(machine.home, '.kube'));
    writeFileSync(file, 'a: 1\na: 2\n');
    const outcome = await machine.run(['kubeconfig', issuer.url]);
    expect(outcome).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot read the kubeconfig') });
    expect(readFileSync(file, 'utf8')).toBe('a: 1\na: 2\n');
  });
});

describe('kubectl sallyport kubeconfig convert (N9)', () => {
  const oidc = (extra: object) =>
    JSON.stringify({
      name: 'oidc',
      config: { 'idp-issuer-url': 'https://sso.example', 'client-id': 'k8s', ...extra },
    });
  const kubelogin = JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'kubectl',
    args: [
      'oidc-login',
      'get-token',
      '--oidc-issuer-url=https://sso.example',
      '--oidc-client-id',
      'k8s',
      '--oidc-extra-scope=offline_access',
      '--oidc-extra-scope=teams',
      '--oidc-client-secret=hunter2',
    ],
  });

  beforeEach(() => {
    mkdirSync(join(machine.home, '.kube'));
    writeFileSync(
      file,
      `users:
- { name: a, user: { exec: ${kubelogin} } }
- { name: b, user: { auth-provider: ${oidc({ 'client-secret': 's', 'id-token': 't1', 'refresh-token': 't2', 'idp-certificate-authority-data': 'UEVN' })} } }
- { name: c, user: { token: other } } # not ours
contexts:
- { name: a, context: { cluster: x, user: a } }
- { name: b, context: { cluster: x, user: b } }
- { name: c, context: { cluster: x, user: c } }
`,
    );
  });

  it('puts our entry in the place of theirs, without secrets, and leaves the others', async () => {
    const { code, stdout, stderr } = await machine.run(['kubeconfig', 'convert']);
    expect([code, stdout]).toEqual([0, 'user/a configured\nuser/b configured\n']);
    expect(stderr).toContain(
      'user "b": auth-provider oidc, https://sso.example, client k8s; its secret and tokens are left out',
    );
    const [a, b, c] = read().users;
    expect(a.user.exec.args).toEqual([
      'token',
      '--issuer',
      'https://sso.example',
      '--client-id',
      'k8s',
      '--extra-scope',
      'teams',
    ]);
    expect(b.user).toEqual({
      exec: expect.objectContaining({ apiVersion: 'client.authentication.k8s.io/v1' }),
    });
    expect(b.user.exec.args.slice(-2)).toEqual(['--certificate-authority-data', 'UEVN']);
    expect(c.user).toEqual({ token: 'other' });
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# not ours');
    expect(text).not.toMatch(/hunter2|t1|t2|auth-provider|client-secret/);
    expect(await machine.run(['kubeconfig', 'convert'])).toMatchObject({ code: 5, stdout: '' });
  });

  it('leaves a program’s user as it is: nobody could sign in for it', async () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('"oidc-login"', '"oidc-login","--grant-type=client-credentials"'));
    const { stdout } = await machine.run(['kubeconfig', 'convert', '--dry-run']);
    expect(stdout).toBe('user/b configured (dry run)\n');
  });

  it('does one context only, or nothing but print', async () => {
    expect((await machine.run(['kubeconfig', 'convert', '--context=a', '--dry-run'])).stdout).toBe(
      'user/a configured (dry run)\n',
    );
    const { stdout } = await machine.run(['kubeconfig', 'convert', '--print']);
    expect(parse(stdout).users[0].user.exec.args[0]).toBe('token');
    expect(readFileSync(file, 'utf8')).toContain('hunter2');
  });
});

describe('kubectl sallyport clusters', () => {
  it('lists them with the contexts that lead there', async () => {
    await machine.run(['kubeconfig', issuer.url]);
    expect((await machine.run(['clusters'])).stdout).toBe(
      'CURRENT   NAME             CONTEXT\n*         sallyport        sallyport\n          sallyport-prod   sallyport-prod\n',
    );
    expect((await machine.run(['clusters', '-o', 'name'])).stdout).toBe(
      'cluster/sallyport\ncluster/sallyport-prod\n',
    );
    const wide = await machine.run(['clusters', '-o', 'wide']);
    expect(wide.stdout).toContain('https://kube.example/clusters/prod');
    const { items } = parse((await machine.run(['clusters', '-o', 'yaml'])).stdout);
    expect(items[0]).toEqual({
      name: 'sallyport',
      server: 'https://kube.example',
      contexts: ['sallyport'],
      current: true,
    });
    expect(await machine.run(['clusters', '-o', 'sarif'])).toMatchObject({ code: 2 });
  });

  it('are chosen by --cluster and --server where a context leads to them', async () => {
    await machine.run(['login', issuer.url]);
    expect((await machine.run(['whoami', '--cluster', 'sallyport-prod'])).stdout).toContain('jane');
    expect((await machine.run(['whoami', '--server', 'https://kube.example/'])).stdout).toContain('jane');
    expect(await machine.run(['whoami', '--server', 'https://other.example'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'no context of the kubeconfig leads to the server https://other.example',
      ),
    });
  });
});
