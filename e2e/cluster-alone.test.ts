import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeCertificateRequest } from '../test/certificates/support/make-certificate-request.ts';
import { readMarkdown } from '../test/docs/markdown.ts';
import { collect } from './support/collect.ts';
import { startEtcd } from './support/etcd.ts';
import { bin } from './support/installed.ts';
import { run } from './support/kubectl.ts';

const ROOT = resolve(import.meta.dirname, '..');
const AUDIT_POLICY = join(ROOT, 'config/demo/audit-policy.yaml');
const PROGRAM = join(bin, 'sallyport');

describe('sallyport cluster', () => {
  let directory: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sallyport-alone-'));
    await writeFile(join(directory, 'tokens.csv'), 'janes-token,jane,u1,developers\n');
  });

  afterAll(async () => {
    child?.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });

  async function start(...flags: string[]) {
    child = spawn(PROGRAM, ['cluster', '--listen', '127.0.0.1:0', ...flags], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = collect(child);
    await output.until(/kubectl.* get nodes,pods -A\n/);
    return output.stdout();
  }

  function stop(): Promise<number | null> {
    const stopped = new Promise<number | null>((done) => void child?.once('exit', done));
    child?.kill('SIGTERM');
    return stopped;
  }

  const kubectl = (...args: string[]) =>
    run(inject('kubectl')['1.35'], args, {
      PATH: process.env['PATH'],
      HOME: directory,
      KUBECONFIG: join(directory, 'cluster.kubeconfig'),
    });

  it('is a cluster that kubectl takes for one, with RBAC, pods and streams', async () => {
    expect(await start('--store', 'sqlite:cluster.db', '--token-auth-file', 'tokens.csv')).toContain(
      'export KUBECONFIG="$PWD/cluster.kubeconfig"',
    );
    expect((await stat(join(directory, 'cluster.kubeconfig'))).mode & 0o777).toBe(0o600);
    expect((await kubectl('create', 'deployment', 'web', '--image=nginx')).code).toBe(0);
    expect(await kubectl('rollout', 'status', 'deployment/web', '--timeout=20s')).toMatchObject({ code: 0 });
    expect((await kubectl('exec', 'deployment/web', '--', 'echo', 'hello')).stdout).toBe('hello\n');
    expect((await kubectl('get', 'pods', '--token=janes-token')).stderr).toContain(
      'User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect((await kubectl('get', 'pods', '--token=nobodys')).stderr).toContain('You must be logged in');
  });

  it('bounds what pods ask for, and gives them their priority', async () => {
    const limits = [
      { type: 'Container', default: { cpu: '200m' }, defaultRequest: { cpu: '50m' }, max: { cpu: '1' } },
    ];
    const limitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits } };
    await writeFile(join(directory, 'limits.json'), JSON.stringify(limitRange));
    await kubectl('create', 'namespace', 'bounded');
    expect(await kubectl('apply', '-n', 'bounded', '-f', join(directory, 'limits.json'))).toMatchObject({
      code: 0,
    });
    expect((await kubectl('describe', 'limitrange', '-n', 'bounded')).stdout).toMatch(
      /Container\s+cpu\s+-\s+1\s+50m\s+200m/,
    );
    await kubectl('create', 'priorityclass', 'usual', '--value=7', '--global-default');
    const created = await kubectl('run', 'a', '--image=nginx', '-n', 'bounded', '-o', 'json');
    const { metadata, spec } = JSON.parse(created.stdout);
    expect([spec.priorityClassName, spec.priority, spec.containers[0].resources]).toEqual([
      'usual',
      7,
      { requests: { cpu: '50m' }, limits: { cpu: '200m' } },
    ]);
    expect(metadata.annotations['kubernetes.io/limit-ranger']).toContain('cpu request for container a');
    const resources = { containers: [{ name: 'b', image: 'nginx', resources: { limits: { cpu: '2' } } }] };
    const overrides = `--overrides=${JSON.stringify({ spec: resources })}`;
    expect((await kubectl('run', 'b', '--image=nginx', '-n', 'bounded', overrides)).stderr).toContain(
      'pods "b" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
    );
    await kubectl('delete', 'priorityclass/usual', 'namespace/bounded');
  });

  it('tells what pods use, and makes as many as that takes', async () => {
    await kubectl('annotate', 'deployment/web', 'sallyport.dev/load=cpu=300m,memory=300Mi');
    expect((await kubectl('top', 'pods')).stdout).toMatch(/web-\S+\s+300m\s+300Mi/);
    expect((await kubectl('top', 'nodes')).stdout).toMatch(/sallyport-node\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%/);
    expect((await kubectl('get', 'podmetrics')).stdout).toMatch(/web-\S+\s+300m\s+300Mi\s+15s/);
    const autoscale = ['autoscale', 'deployment/web', '--min=1', '--max=5', '--memory=100Mi'];
    expect(await kubectl(...autoscale)).toMatchObject({ code: 0 });
    const isScaled = ['wait', '--for=jsonpath={.status.readyReplicas}=3', 'deployment/web', '--timeout=20s'];
    expect(await kubectl(...isScaled)).toMatchObject({ code: 0 });
    expect((await kubectl('get', 'hpa', 'web')).stdout).toMatch(
      /web\s+Deployment\/web\s+memory: \S+\/100Mi\s+1\s+5/,
    );
    expect((await kubectl('describe', 'hpa', 'web')).stdout).toMatch(
      /AbleToScale\s+True\s+SucceededRescale[\s\S]+SuccessfulRescale[\s\S]+New size: 3; reason: memory resource above target/,
    );
    await kubectl('delete', 'hpa/web');
    await kubectl('scale', 'deployment/web', '--replicas=1');
  });

  it('gives a running pod something else, and says how its components are', async () => {
    const resources = { requests: { cpu: '250m' } };
    const overrides = `--overrides=${JSON.stringify({ spec: { containers: [{ name: 'r', image: 'nginx', resources }] } })}`;
    await kubectl('run', 'r', '--image=nginx', overrides);
    await kubectl('wait', '--for=condition=Ready', 'pod/r', '--timeout=20s');
    const patch = { spec: { containers: [{ name: 'r', resources: { requests: { cpu: '500m' } } }] } };
    const resize = ['patch', 'pod', 'r', '--subresource=resize', '-p', JSON.stringify(patch)];
    expect((await kubectl(...resize)).stdout).toContain('pod/r patched');
    const given = '{.status.containerStatuses[0].allocatedResources.cpu}=500m';
    expect(await kubectl('wait', `--for=jsonpath=${given}`, 'pod/r', '--timeout=20s')).toMatchObject({
      code: 0,
    });
    const { stdout, stderr } = await kubectl('get', 'cs');
    expect(stdout).toMatch(
      /controller-manager\s+Healthy\s+ok\s+\netcd-0\s+Healthy\s+ok\s+\nscheduler\s+Healthy\s+ok/,
    );
    expect(stderr).toContain('Warning: v1 ComponentStatus is deprecated in v1.19+');
    await kubectl('delete', 'pod/r', '--now');
  });

  it('has keys with which others verify the tokens of its service accounts', async () => {
    const token = (await kubectl('create', 'token', 'default', '--audience=vault')).stdout.trim();
    const own = (await kubectl('create', 'token', 'default')).stdout.trim();
    const read = async (path: string, bearer: string) =>
      JSON.parse((await kubectl('get', '--raw', path, `--token=${bearer}`)).stdout);
    const { issuer, jwks_uri: keys } = await read('/.well-known/openid-configuration', own);
    const set = createLocalJWKSet(await read(new URL(keys).pathname, own));
    const { payload } = await jwtVerify(token, set, { issuer, audience: 'vault' });
    expect(payload.sub).toBe('system:serviceaccount:default:default');
    const { stderr } = await kubectl('get', '--raw', '/openid/v1/jwks', '--token=janes-token');
    expect(stderr).toContain('User "jane" cannot get path "/openid/v1/jwks"');
  });

  it('signs a certificate that was approved, and knows who comes with it', async () => {
    const { request, privateKey } = makeCertificateRequest({ commonName: 'maria', organizations: ['ops'] });
    const spec = {
      request: Buffer.from(request).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      expirationSeconds: 3600,
      usages: ['client auth'],
    };
    const csr = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'maria' },
      spec,
    };
    await writeFile(join(directory, 'csr.json'), JSON.stringify(csr));
    await kubectl('apply', '-f', join(directory, 'csr.json'));
    expect((await kubectl('certificate', 'approve', 'maria')).stdout).toContain('maria approved');
    await kubectl('wait', '--for=jsonpath={.status.certificate}', 'csr/maria', '--timeout=20s');
    expect((await kubectl('get', 'csr', 'maria')).stdout).toMatch(/kubernetes-admin\s+60m\s+Approved,Issued/);
    const { stdout } = await kubectl('get', 'csr', 'maria', '-o', 'jsonpath={.status.certificate}');
    const [certificate, key] = ['maria.crt', 'maria.key'].map((name) => join(directory, name));
    await writeFile(certificate ?? '', Buffer.from(stdout, 'base64'));
    await writeFile(key ?? '', privateKey);
    const config = await kubectl('config', 'view', '--raw', '-o', 'json');
    const [cluster] = JSON.parse(config.stdout).clusters;
    await writeFile(
      join(directory, 'ca.crt'),
      Buffer.from(cluster.cluster['certificate-authority-data'], 'base64'),
    );
    const asMaria = [
      '--kubeconfig=/dev/null',
      `--server=${cluster.cluster.server}`,
      `--client-certificate=${certificate}`,
    ];
    const trust = [`--client-key=${key}`, `--certificate-authority=${join(directory, 'ca.crt')}`];
    const { stdout: who } = await kubectl('auth', 'whoami', ...asMaria, ...trust);
    expect(who).toMatch(/Username\s+maria/);
    expect(who).toMatch(/Groups\s+\[ops system:authenticated\]/);
  });

  it('stops at SIGTERM although it is watched, and is the same cluster at the next start', async () => {
    const watching = kubectl('get', 'pods', '--watch-only');
    const uid = () => kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.metadata.uid}');
    const before = await uid();
    expect(await stop()).toBe(0);
    await watching;
    expect((await readdir(directory)).filter((name) => /lock|new|wal/.test(name))).toEqual([]);
    await start('--store', 'sqlite:cluster.db');
    expect(before.stdout).toMatch(/^[0-9a-f-]{36}$/);
    expect(await uid()).toEqual(before);
    expect((await kubectl('get', 'pods', '--token=janes-token')).stderr).toContain('You must be logged in');
    expect(await stop()).toBe(0);
  });

  it('does nothing by itself where that is asked for', async () => {
    await start('--no-controllers', '--audit-policy-file', AUDIT_POLICY, '--audit-log-path', 'audit.log');
    await kubectl('create', 'deployment', 'web', '--image=nginx');
    expect((await kubectl('get', 'replicasets,pods,nodes', '-o', 'name')).stdout).toBe('');
    expect(await stop()).toBe(0);
    const [event = '{}'] = (await readFile(join(directory, 'audit.log'), 'utf8')).split('\n');
    expect(JSON.parse(event)).toMatchObject({ kind: 'Event', user: { username: 'kubernetes-admin' } });
  });

  it('keeps its objects in etcd', async () => {
    const etcd = await startEtcd(inject('etcd'));
    try {
      const flags = ['--no-controllers', '--store', `etcd:${etcd.endpoints[0]}`];
      await start(...flags);
      expect((await kubectl('create', 'configmap', 'kept', '--from-literal=a=b')).code).toBe(0);
      expect(await stop()).toBe(0);
      await start(...flags);
      expect((await kubectl('get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).stdout).toBe('b');
      expect(await stop()).toBe(0);
    } finally {
      await etcd.stop();
    }
  });

  it('says what it cannot use', async () => {
    await writeFile(join(directory, 'bad.pem'), 'no certificate');
    const flags = ['cluster', '--listen', '127.0.0.1:0'];
    const bad = await Promise.all(
      [
        ['--client-ca-file', 'bad.pem'],
        ['--tls-cert-file', 'bad.pem', '--tls-private-key-file', 'bad.pem'],
        ['--audit-policy-file', 'bad.pem', '--audit-log-path', '-'],
        ['--store', 'sqlite:/dev/null/x.db'],
        ['--cert-dir', '/dev/null/pki'],
      ].map((more) =>
        run(
          PROGRAM,
          [...flags, ...more.map((flag) => flag.replace('bad.pem', join(directory, 'bad.pem')))],
          process.env,
        ),
      ),
    );
    for (const { code, stderr } of bad) {
      expect(code).toBeGreaterThan(0);
      expect(stderr).toMatch(/^error: [^\n]*(?:cannot be used|bad.pem|\/dev\/null)/);
      expect(stderr).not.toMatch(/^ +at /m);
    }
  });
});

describe('sallyport/testing', () => {
  /** A plain module, for which the package is where it was cloned. */
  const runModule = (script: string) =>
    run('env', ['-C', ROOT, process.execPath, '--input-type=module', '-e', script], {
      PATH: process.env['PATH'],
    });

  it('lets its process end by itself when all is closed, watches or not', async () => {
    const outcome = await runModule(`
      import { startCluster } from 'sallyport/testing';
      const cluster = await startCluster();
      const { body } = await cluster.request('GET', '/version');
      const watch = cluster.request('GET', '/api/v1/pods?watch=true').catch(() => 'ended');
      await cluster.request('GET', '/api/v1/pods');
      await cluster.close();
      console.log(body.minor, await watch);`);
    expect(outcome).toEqual({ code: 0, stdout: '35 ended\n', stderr: '' });
  });

  it('does what the documentation shows', async () => {
    const { blocks } = readMarkdown('docs/how-to/tests-with-a-cluster.md');
    const example = blocks.find(({ language }) => language === 'js');
    const outcome = await runModule(example?.text ?? '');
    expect(outcome.stdout).toContain('pass 1\n');
    expect(outcome.code).toBe(0);
  });

  it('works as a copy below node_modules, where Node.js takes no types out', async () => {
    const project = await mkdtemp(join(tmpdir(), 'sallyport-project-'));
    try {
      const packages = join(project, 'node_modules');
      await mkdir(packages);
      for (const name of await readdir(join(ROOT, 'node_modules')))
        if (!name.startsWith('.')) await symlink(join(ROOT, 'node_modules', name), join(packages, name));
      for (const name of ['src', 'views', 'package.json'])
        await cp(join(ROOT, name), join(packages, 'sallyport', name), { recursive: true });
      await writeFile(
        join(project, 'test.mjs'),
        `import { startCluster } from 'sallyport/testing';
       await using cluster = await startCluster();
       console.log((await cluster.request('GET', '/api/v1/namespaces/default')).body.metadata.name);`,
      );
      const outcome = await run(process.execPath, [join(project, 'test.mjs')], { PATH: process.env['PATH'] });
      expect(outcome).toMatchObject({ code: 0, stdout: 'default\n' });
    } finally {
      await rm(project, { recursive: true, force: true });
    }
  });
});
