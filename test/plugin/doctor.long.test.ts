import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMachine, type Machine, wrapper } from './harness.ts';
import { startIssuer, type TestIssuer } from './issuer.ts';
import { selfSigned } from './self-signed.ts';

interface Found {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly fix?: string;
}

let issuer: TestIssuer;
let machine: Machine;
let cluster: { readonly url: string; readonly authority: string; status: number; close(): void };

beforeAll(async () => {
  const tls = await selfSigned();
  const server = createServer(tls, (_request, response) => {
    response.writeHead(cluster.status).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const authority = Buffer.from(tls.cert).toString('base64');
  cluster = { url, authority, status: 200, close: () => server.close() };
});
afterAll(() => cluster.close());

beforeEach(async () => {
  issuer = await startIssuer();
  issuer.rules.device = [];
  cluster.status = 200;
  issuer.rules.portal = {
    clusters: [{ name: 'demo', server: cluster.url, certificate_authority_data: cluster.authority }],
  };
  machine = createMachine();
  const bin = join(machine.home, 'bin');
  mkdirSync(bin);
  const version = JSON.stringify({ clientVersion: { gitVersion: 'v1.35.0', minor: '35' } });
  writeFileSync(join(bin, 'kubectl'), `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 });
  machine.env['PATH'] = `${bin}:${dirname(wrapper)}:/usr/bin:/bin`;
  await machine.run(['login', issuer.url]);
});
afterEach(() => issuer.close());

const config = () => join(machine.home, '.kube', 'config');

async function findings(...args: string[]): Promise<{ code: number; found: readonly Found[] }> {
  const { code, stdout } = await machine.run(['doctor', '-o', 'json', ...args]);
  const report = JSON.parse(stdout) as { kind: string; healthy: boolean; findings: Found[] };
  expect(report.kind).toBe('DoctorReport');
  expect(report.healthy).toBe(code === 0);
  // Every finding that is not well says what to do.
  expect(report.findings.filter(({ status, fix }) => status !== 'ok' && !fix)).toEqual([]);
  return { code, found: report.findings };
}

const bad = (found: readonly Found[]) =>
  found.filter(({ status }) => status !== 'ok').map(({ check, status }) => `${status} ${check}`);

describe('kubectl sallyport doctor', () => {
  it('finds nothing where everything works, and says what it has looked at', async () => {
    const { code, found } = await findings();
    expect(bad(found)).toEqual([]);
    expect(code).toBe(0);
    const checks = [
      'kubeconfig',
      'exec',
      'kuberc',
      'kubectl',
      'PATH',
      'port',
      'flow',
      'cache',
      'keyring',
      'login',
      'issuer',
      'clock',
      'redirect',
      'device codes',
      'cluster',
    ];
    expect(found.map(({ check }) => check)).toEqual(checks);
    const { stdout } = await machine.run(['doctor']);
    expect(stdout).toMatch(/^ok {7}kubeconfig +context demo[\s\S]*\nNo problem was found\.\n$/);
    expect(stdout).not.toContain(machine.credentials(issuer.url)?.idToken);
    expect(stdout).not.toMatch(/\p{Cc}(?<!\n)/u);
  });

  const bendIssuer = (change: Partial<TestIssuer['rules']> | { device: undefined }) =>
    void Object.assign(issuer.rules, change);
  const setStatus = (status: number) => void Object.assign(cluster, { status });
  const setPath = (path: string) => void Object.assign(machine.env, { PATH: path });

  type Case = [name: string, bend: () => void | Promise<void>, finding: string, words: RegExp];
  it.each<Case>([
    ['the clock is wrong', () => bendIssuer({ ahead: 7200 }), 'warning clock', /2 h 0 min behind/],
    ['the issuer is away', () => issuer.close(), 'problem issuer', /cannot reach/],
    [
      'the issuer is another',
      () => bendIssuer({ discovery: (d) => ({ ...d, issuer: 'https://x.example' }) }),
      'problem issuer',
      /names the issuer/,
    ],
    [
      'the client is not known',
      () => bendIssuer({ refusesRedirect: true }),
      'problem redirect',
      /answered 400 to the client kubectl/,
    ],
    [
      'there are no device codes',
      () => bendIssuer({ device: undefined }),
      'warning device codes',
      /has none/,
    ],
    ['the token is refused', () => setStatus(401), 'problem cluster', /refuses the token/],
    [
      'the cache is open',
      () => chmodSync(machine.cacheDir, 0o755),
      'problem cache',
      /is open to other users/,
    ],
    [
      'the session has ended',
      () => machine.recache(issuer.url, { endedBecause: 'invalid_grant' }),
      'problem login',
      /has ended, invalid_grant/,
    ],
    [
      'others can write the kubeconfig',
      () => chmodSync(config(), 0o666),
      'problem kubeconfig',
      /others can write/,
    ],
    [
      'kubectl is old',
      () =>
        writeFileSync(
          join(machine.home, 'bin/kubectl'),
          `#!/bin/sh\necho '{"clientVersion":{"gitVersion":"v1.21.0","minor":"21+"}}'\n`,
        ),
      'problem kubectl',
      /v1\.21\.0/,
    ],
    ['kubectl is not there', () => setPath(dirname(wrapper)), 'problem kubectl', /not on the PATH/],
    [
      'the plugin is not on the PATH',
      () => setPath(join(machine.home, 'bin')),
      'warning PATH',
      /kubectl-sallyport is not on the PATH/,
    ],
    [
      'kuberc denies plugins',
      () => writeFileSync(join(machine.home, '.kube/kuberc'), 'credentialPluginPolicy: DenyAll\n'),
      'problem kuberc',
      /DenyAll/,
    ],
    [
      'kuberc lists others',
      () =>
        writeFileSync(
          join(machine.home, '.kube/kuberc'),
          'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{ command: other }]\n',
        ),
      'problem kuberc',
      /does not have/,
    ],
  ])('finds that %s', async (_name, bend, finding, words) => {
    await bend();
    const { code, found } = await findings();
    expect(bad(found)).toContain(finding);
    const [status, ...check] = finding.split(' ');
    expect(found.find((one) => one.status === status && one.check === check.join(' '))?.message).toMatch(
      words,
    );
    expect(code).toBe(bad(found).some((one) => one.startsWith('problem')) ? 1 : 0);
  });

  it.each([
    ['the plugin is gone', { command: '/gone/kubectl-sallyport' }, 'problem', /which is not there/],
    ['it is found by the PATH', { command: 'kubectl-sallyport' }, 'warning', /by the PATH/],
    ['interactiveMode is missing', { interactiveMode: undefined }, 'problem', /no interactiveMode/],
    ['it asks for v1beta1', { apiVersion: 'client.authentication.k8s.io/v1beta1' }, 'warning', /v1beta1/],
  ])('of the exec entry, that %s', async (_name, change, status, words) => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: wrapper,
      args: ['token', '--issuer', issuer.url],
      interactiveMode: 'IfAvailable',
      ...change,
    };
    const user = { name: 'demo', user: { exec } };
    writeFileSync(
      config(),
      JSON.stringify({
        'current-context': 'demo',
        users: [user],
        contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'demo' } }],
      }),
    );
    const { found } = await findings();
    expect(found).toContainEqual(
      expect.objectContaining({ check: 'exec', status, message: expect.stringMatching(words) }),
    );
  });

  it('takes an allow-list that names the plugin', async () => {
    writeFileSync(
      join(machine.home, '.kube/kuberc'),
      'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{ command: kubectl-sallyport }]\n',
    );
    expect(bad((await findings()).found)).toEqual([]);
  });

  it('helps who has nothing yet', async () => {
    const empty = createMachine();
    const { code, stdout } = await empty.run(['doctor']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /PROBLEM {2}issuer +no issuer is known[\s\S]*→ run: kubectl sallyport login URL-OF-YOUR-PORTAL/,
    );
  });
});
