import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeCertificateRequest } from '../test/certificates/support/make-certificate-request.ts';
import { type Issued, issue, issueAuthority } from '../test/gateway/support/client-certificates.ts';
import type { Terminal } from './support/kubectl.ts';
import { openTerminalAs } from './support/own-kubeconfig.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

type Credential = Pick<Issued, 'cert' | 'key'>;

const UNAUTHORIZED =
  '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n';

const withClientCA = (config: string) =>
  config.replace('  target: embedded\n', '  clientCA: clients.crt\n  target: embedded\n');

describe('callers with a client certificate', () => {
  let old: Issued;
  let young: Issued;
  let jane: Issued;
  let sallyport: Sallyport;
  let admin: Terminal;
  let developer: Terminal;

  beforeAll(async () => {
    [old, young] = await Promise.all([issueAuthority('clients'), issueAuthority('clients')]);
    sallyport = await startSallyport(withClientCA, { files: { 'config/clients.crt': old.cert } });
    jane = await issue(
      [
        ['O', 'developers'],
        ['O', 'testers'],
        ['CN', 'jane'],
      ],
      { by: old },
    );
    admin = await terminalOf(
      await issue(
        [
          ['O', 'system:masters'],
          ['CN', 'root'],
        ],
        { by: old },
      ),
    );
    developer = await terminalOf(jane);
  });

  afterAll(async () => {
    await Promise.all([admin, developer].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
  });

  function terminalOf({ cert, key }: Credential): Promise<Terminal> {
    const user = {
      'client-certificate-data': Buffer.from(cert).toString('base64'),
      'client-key-data': Buffer.from(key).toString('base64'),
    };
    return openTerminalAs(sallyport, inject('kubectl')['1.35'], user);
  }

  /** The answer to a caller with a certificate and a token, if any, of their own. */
  function ask(client?: Credential, token?: string): Promise<{ status: number; body: string }> {
    return new Promise((done, failed) => {
      const asked = request(`${sallyport.gateway}/api/v1/namespaces/dev/pods`, {
        ca: readFileSync(join(sallyport.dataDir, 'ca.crt')),
        agent: false,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        ...(client && { cert: client.cert, key: client.key }),
      });
      asked.on('error', failed).on('response', (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.on('end', () => done({ status: answer.statusCode ?? 0, body }));
      });
      asked.end();
    });
  }

  it('are who its common name says, in the groups of its organisations', async () => {
    const { stdout, stderr } = await developer.kubectl('auth', 'whoami', '-o', 'json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).status.userInfo).toEqual({
      username: 'jane',
      groups: ['developers', 'testers', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)],
      },
    });
  });

  it('may what the policy gives them, and nothing else', async () => {
    expect((await developer.kubectl('create', 'deployment', 'shop', '--image=nginx')).stdout).toContain(
      'created',
    );
    expect((await developer.kubectl('get', 'pods', '-n', 'default')).stderr).toContain(
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect((await admin.kubectl('get', 'clusterroles', 'cluster-admin', '-o', 'name')).code).toBe(0);
  });

  it('need no token, and one of somebody else’s is not looked at', async () => {
    expect((await ask(jane)).status).toBe(200);
    expect((await ask(jane, 'garbage')).status).toBe(200);
  });

  it('get kube-apiserver’s 401 when it is of another authority, for servers, or not there', async () => {
    const others = await Promise.all([
      issue([['CN', 'jane']], { by: young }),
      issue([
        ['O', 'system:masters'],
        ['CN', 'root'],
      ]),
      issue([['CN', 'jane']], { by: old, usages: ['1.3.6.1.5.5.7.3.1'] }),
    ]);
    for (const client of [...others, undefined]) {
      for (const token of [undefined, 'garbage']) {
        expect(await ask(client, token)).toEqual({ status: 401, body: UNAUTHORIZED });
      }
    }
  });

  it('may be let in by the cluster behind: asked for, approved and signed there, taken at its door', async () => {
    const { request: asked, privateKey: key } = makeCertificateRequest({
      commonName: 'maria',
      organizations: ['developers'],
    });
    const csr = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'maria' },
      spec: {
        request: Buffer.from(asked).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      },
    };
    const file = join(sallyport.directory, 'maria.json');
    await writeFile(file, JSON.stringify(csr));
    expect((await admin.kubectl('create', '-f', file)).stdout).toContain('maria created');
    // Who may use the cluster may not therefore make people.
    expect((await developer.kubectl('certificate', 'approve', 'maria')).stderr).toContain('is forbidden');
    expect((await admin.kubectl('certificate', 'approve', 'maria')).stdout).toContain('approved');
    const condition = '--for=jsonpath={.status.certificate}';
    expect((await admin.kubectl('wait', 'csr/maria', condition, '--timeout=20s')).code).toBe(0);
    const read = async (...what: string[]) => (await admin.kubectl('get', ...what)).stdout;
    const signed = await read('csr', 'maria', '-o', 'jsonpath={.status.certificate}');
    const maria = { cert: Buffer.from(signed, 'base64').toString(), key };
    // Nobody trusts its authority yet.
    expect(await ask(maria)).toEqual({ status: 401, body: UNAUTHORIZED });

    const place = ['configmap', '-n', 'kube-system', 'extension-apiserver-authentication'];
    const authority = await read(...place, '-o', 'jsonpath={.data.client-ca-file}');
    const trusted = join(sallyport.directory, 'config/clients.crt');
    await writeFile(`${trusted}.new`, old.cert + authority);
    await rename(`${trusted}.new`, trusted);
    await expect.poll(async () => (await ask(maria)).status, { timeout: 20_000 }).toBe(200);
    const terminal = await terminalOf(maria);
    const { stdout } = await terminal.kubectl('auth', 'whoami', '-o', 'json');
    expect(JSON.parse(stdout).status.userInfo).toMatchObject({
      username: 'maria',
      groups: ['developers', 'system:authenticated'],
    });
    expect((await terminal.kubectl('get', 'pods', '-n', 'default')).stderr).toContain(
      'pods is forbidden: User "maria" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    await terminal.dispose();
  });

  it('lose their access, and their watches, within seconds of their authority', async () => {
    const watch = developer.spawnKubectl('get', 'deployments', '-w', '-o', 'name');
    const exit = new Promise<void>((done) => watch.once('exit', () => done()));
    await new Promise<void>((seen) => watch.stdout?.once('data', () => seen()));
    const file = join(sallyport.directory, 'config/clients.crt');
    await writeFile(`${file}.new`, young.cert);
    await rename(`${file}.new`, file);
    await exit;
    expect((await developer.kubectl('get', 'pods')).stderr).toMatch(/Unauthorized|must be logged in/);
    const successor = await issue(
      [
        ['O', 'developers'],
        ['CN', 'jane'],
      ],
      { by: young },
    );
    expect((await ask(successor)).status).toBe(200);
    expect(await ask(jane)).toEqual({ status: 401, body: UNAUTHORIZED });
  });

  it('keep it while the file cannot be used', async () => {
    const successor = await issue(
      [
        ['O', 'developers'],
        ['CN', 'jane'],
      ],
      { by: young },
    );
    await writeFile(join(sallyport.directory, 'config/clients.crt'), '');
    while (!/client authorities not taken/.test(sallyport.stderr())) await new Promise(setImmediate);
    expect((await ask(successor)).status).toBe(200);
  });
});

describe('a start', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['without the file', {}, /gateway\.clientCA: \/.*\/config\/clients\.crt: no such file/],
    ['with an empty one', { 'config/clients.crt': '' }, /gateway\.clientCA: .*: has no PEM certificate/],
  ])('%s of the authorities is refused', async (_, files, message) => {
    await expect(startSallyport(withClientCA, { files })).rejects.toThrow(message);
  });
});
