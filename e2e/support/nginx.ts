import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';

/** A private nginx: one process in the foreground, its files in a directory of its own. */
export interface Nginx {
  /** What it has written to its error log. */
  errors(): string;
  close(): Promise<void>;
}

/**
 * Starts nginx with these server blocks.
 * @param port one of the ports that they listen on
 */
export async function startNginx(servers: string, port: number): Promise<Nginx> {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${directory}/${kind};`)
    .join('\n');
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
${temporary}
${servers}
}
`,
  );
  const child = spawn(
    inject('nginx'),
    ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  let running = true;
  const exited = new Promise<void>((done) => {
    child.once('exit', () => {
      running = false;
      done();
    });
  });
  while (running && !(await accepts(port))) await new Promise((done) => setTimeout(done, 20));
  if (!running) throw new Error(`nginx did not start:\n${errors}`);
  return {
    errors: () => errors,
    async close() {
      child.kill('SIGTERM');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.once('connect', () => socket.destroy());
  });
}
