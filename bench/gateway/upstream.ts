import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { collect } from '../../e2e/support/collect.ts';
import { freePort } from '../../e2e/support/free-port.ts';

export interface Upstream {
  readonly port: number;
  readonly origin: string;
  close(): void;
}

/** An API server that always answers the same pod of 2 KiB: nginx where it is installed, so that it is not what limits. */
export async function startUpstream(): Promise<Upstream> {
  const port = await freePort();
  const started = (await nginxUpstream(port)) ?? (await nodeUpstream(port));
  return { port, origin: `http://127.0.0.1:${port}`, close: started };
}

async function nodeUpstream(port: number): Promise<() => void> {
  const program = resolve(import.meta.dirname, '../peers/constant-upstream.ts');
  const child = spawn(process.execPath, [program, String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  await collect(child).until(/ready/);
  return () => void child.kill('SIGKILL');
}

async function nginxUpstream(port: number): Promise<(() => void) | undefined> {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-upstream-'));
  const body = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-0"},"filler":"${'x'.repeat(1980)}"}`;
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off; master_process off; pid ${directory}/nginx.pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 10000000;
    default_type application/json;
    location / { return 200 '${body}'; }
  }
}
`,
  );
  const child: ChildProcess = spawn('nginx', ['-c', join(directory, 'nginx.conf'), '-p', directory], {
    stdio: 'ignore',
  });
  await untilListening(port);
  return () => {
    child.kill('SIGKILL');
    void rm(directory, { recursive: true, force: true });
  };
}

export async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await new Promise(setImmediate);
    } finally {
      socket.destroy();
    }
  }
}
