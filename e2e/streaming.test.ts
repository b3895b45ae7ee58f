import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { collect } from './support/collect.ts';
import { freePort } from './support/free-port.ts';
import { KUBECTL_VERSIONS, type Outcome, run, type Terminal } from './support/kubectl.ts';
import { openLoggedIn } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const pods = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  containers:
  - { name: nginx, image: nginx, ports: [{ containerPort: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: counter, annotations: { sallyport.dev/log-interval: 100ms } }
spec:
  containers:
  - { name: main, image: busybox, stdin: true, env: [{ name: COLOUR, value: blue }] }
`;

/** Both ways that kubectl knows; the second is what it falls back to. */
const transports = [
  ['WebSockets', {}],
  ['SPDY', { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
] as const;

describe.each(KUBECTL_VERSIONS)('kubectl %s and the streams of simulated pods', (version) => {
  const program = inject('kubectl')[version];
  let sallyport: Sallyport;
  let admin: Terminal;
  let jane: Terminal;

  beforeAll(async () => {
    sallyport = await startSallyport();
    const open = (login: string) => openLoggedIn(sallyport, program, login);
    [admin, jane] = await Promise.all([open('admin@example.com'), open('jane')]);
    const readers = ['create', 'role', 'reader', '--verb=get', '--resource=pods,pods/log,pods/exec'];
    await admin.kubectl(...readers, '--resource=pods/attach,pods/portforward');
    await admin.kubectl('create', 'rolebinding', 'reader', '--role=reader', '--user=jane');
    const created = await admin.kubectlWith(pods, 'apply', '-f', '-');
    expect(created.stderr).toBe('');
    const ready = await admin.kubectl('wait', 'pod', '--all', '--for=condition=Ready', '--timeout=20s');
    expect(ready.stderr).toBe('');
  });

  afterAll(async () => {
    await Promise.all([admin, jane].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
  });

  describe.each(transports)('over %s', (_name, environment) => {
    const kubectl = (args: readonly string[], input = ''): Promise<Outcome> =>
      run(program, args, { ...admin.env, ...environment }, input);

    function start(...args: string[]) {
      const child = spawn(program, args, { env: { ...admin.env, ...environment } });
      // A kubectl that ends first does not read the rest.
      child.stdin.on('error', () => {});
      return child;
    }

    it('runs a command and keeps its streams apart', async () => {
      const script = 'echo out; echo err >&2';
      expect(await kubectl(['exec', 'counter', '--', 'sh', '-c', script])).toEqual({
        code: 0,
        stdout: 'out\n',
        stderr: 'err\n',
      });
    });
    it('passes the exit code on', async () => {
      const ended = await kubectl(['exec', 'counter', '--', 'sh', '-c', 'echo $COLOUR; exit 3']);
      expect(ended).toMatchObject({ code: 3, stdout: 'blue\n' });
      expect(ended.stderr).toContain('command terminated with exit code 3');
    });

    it('says that a program is not there', async () => {
      const ended = await kubectl(['exec', 'counter', '--', 'vim']);
      expect(ended.stderr).toContain('exec: "vim": executable file not found in $PATH');
      expect(ended.code).toBe(1);
    });

    it('sends standard input, and its end', async () => {
      const text = 'a line\n'.repeat(50_000);
      const ended = await kubectl(['exec', '-i', 'counter', '--', 'wc', '-c'], text);
      expect(ended).toMatchObject({ code: 0, stdout: `${text.length}\n` });
    });

    it('copies a file there and back', async () => {
      const [there, back] = [join(admin.home, 'there'), join(admin.home, 'back')];
      const content = randomBytes(3_000_000);
      await writeFile(there, content);
      expect(await kubectl(['cp', there, 'counter:/tmp/copied'])).toMatchObject({ code: 0, stderr: '' });
      const listed = await kubectl(['exec', 'counter', '--', 'wc', '-c', '/tmp/copied']);
      expect(listed.stdout).toBe('3000000\n');
      const fetched = await kubectl(['cp', 'counter:/tmp/copied', back]);
      expect(fetched.code, fetched.stderr).toBe(0);
      expect(digest(await readFile(back))).toBe(digest(content));
    });

    it('runs a shell on a terminal', async () => {
      // util-linux' script gives kubectl the terminal that it asks for.
      const command = `${program} exec -it counter -- sh`;
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        env: { ...admin.env, ...environment },
      });
      const output = collect(child);
      const ended = new Promise<number | null>((done) => child.once('exit', done));
      await output.until(/# /);
      child.stdin.write('tty; cd /etc; cat hostname\r');
      await output.until(/\/dev\/pts\/0\s+counter/);
      child.stdin.write('exit 4\r');
      expect(await ended).toBe(4);
    });

    it('attaches to the main process', async () => {
      const child = start('attach', '-i', 'counter');
      const output = collect(child);
      child.stdin.write('hello, process\n');
      await output.until(/hello, process/);
      child.kill();
    });

    it('forwards a port', async () => {
      const port = await freePort();
      const child = start('port-forward', 'pod/web', `${port}:80`);
      const output = collect(child);
      await output.until(/Forwarding from 127\.0\.0\.1/);
      const body = randomBytes(3_000_000);
      const answer = await fetch(`http://127.0.0.1:${port}/some/path`, { method: 'POST', body });
      expect(await answer.json()).toMatchObject({
        pod: 'web',
        port: 80,
        method: 'POST',
        path: '/some/path',
        bodyLength: body.length,
      });
      child.kill();
    });

    it('says that nobody listens on a port', async () => {
      const port = await freePort();
      const child = start('port-forward', 'pod/web', `${port}:81`);
      const output = collect(child);
      await output.until(/Forwarding from 127\.0\.0\.1/);
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
      await output.until(/connection refused/);
      child.kill();
    });

    it('refuses who may only look: over a WebSocket too', async () => {
      for (const args of [
        ['exec', 'counter', '--', 'true'],
        ['attach', 'counter'],
        ['port-forward', 'counter', ':80'],
      ]) {
        const { code, stderr } = await run(program, args, { ...jane.env, ...environment });
        expect(stderr).toContain('pods "counter" is forbidden');
        expect(code).toBe(1);
      }
      expect((await jane.kubectl('logs', 'counter', '--tail=1')).stdout).toMatch(/^line \d+\n$/);
    });

    it('ends with the pod', async () => {
      await admin.kubectl('run', 'short', '--image=nginx');
      await admin.kubectl('wait', 'pod/short', '--for=condition=Ready');
      const exec = start('exec', 'short', '--', 'sh', '-c', 'echo running; sleep 600');
      const logs = start('logs', '-f', 'short');
      const ended = Promise.all(
        [exec, logs].map((child) => new Promise<number | null>((done) => child.once('exit', done))),
      );
      await Promise.all([collect(exec).until(/running/), collect(logs).until(/simulated/)]);
      const deleted = await admin.kubectl('delete', 'pod', 'short', '--timeout=20s');
      expect(deleted).toMatchObject({ code: 0, stderr: '' });
      expect(await ended).toEqual([137, 0]);
    });
  });

  describe('logs', () => {
    it('are what the container has printed', async () => {
      const { stdout } = await admin.kubectl('logs', 'web');
      expect(stdout).toBe('nginx is simulated: no program of the image runs\n');
    });

    it('can be cut and dated', async () => {
      const { stdout } = await admin.kubectl('logs', 'counter', '--tail=2', '--timestamps');
      expect(stdout).toMatch(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z line \d+\n){2}$/);
    });

    it('can be followed', async () => {
      const child = admin.spawnKubectl('logs', '-f', 'counter', '--tail=1');
      const first = Number((await collect(child).until(/line \d+/)).slice(5));
      await collect(child).until(new RegExp(`line ${first + 3}\n`));
      child.kill();
    });

    it('need a container that there is', async () => {
      const { code, stderr } = await admin.kubectl('logs', 'web', '-c', 'other');
      expect(stderr).toContain('container other is not valid for pod web');
      expect(code).toBe(1);
    });
  });

  it('shows the pods as running on their node', async () => {
    const wide = await admin.kubectl('get', 'pods', '-o', 'wide');
    expect(wide.stdout).toMatch(/web\s+1\/1\s+Running\s+0\s+\S+\s+10\.244\.0\.\d+\s+sallyport-node/);
    expect((await admin.kubectl('get', 'nodes')).stdout).toMatch(/sallyport-node\s+Ready/);
    expect((await admin.kubectl('describe', 'pod', 'web')).stdout).toMatch(/Status:\s+Running/);
    expect((await admin.kubectl('describe', 'node')).stdout).toMatch(/Non-terminated Pods/);
  });

  it('restarts what fails, and keeps the log of before', async () => {
    const failing = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'failing', annotations: { 'sallyport.dev/exit-code': '2' } },
      spec: { containers: [{ name: 'main', image: 'nginx' }] },
    };
    await admin.kubectlWith(JSON.stringify(failing), 'apply', '-f', '-');
    const waiting = '{.status.containerStatuses[0].state.waiting.reason}';
    const waited = await admin.kubectl('wait', 'pod/failing', `--for=jsonpath=${waiting}=CrashLoopBackOff`);
    expect(waited).toMatchObject({ code: 0 });
    expect((await admin.kubectl('get', 'pods')).stdout).toMatch(/failing\s+0\/1\s+CrashLoopBackOff\s+1 /);
    expect((await admin.kubectl('logs', 'failing', '--previous')).stdout).toContain('simulated');
  });

  it('runs a pod to its end, attached to it', async () => {
    const once = ['run', 'once', '--image=busybox', '--restart=Never', '-i', '--rm'];
    const ended = await admin.kubectlWith(
      'text',
      ...once,
      '--command',
      '--',
      'sh',
      '-c',
      'cat; echo " and more"',
    );
    expect(ended.stdout).toContain('text and more');
    expect(ended.code, ended.stderr).toBe(0);
  });
});

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
