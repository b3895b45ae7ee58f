/**
 * What npm's own links start: on Windows they can start nothing but Node.js, and it is the one that npm runs on. The shell
 * scripts above this folder find the right one by themselves.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const OLDEST = 24;

/** Goes on with `start` under Node.js 24 or newer: here, or in a process of the Node.js that came with the packages. */
export async function run(start) {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST) return start();
  const node = packagedNode();
  if (node === undefined) {
    process.stderr.write(
      `error: needs Node.js ${OLDEST} or newer, this is ${process.version}, and none came with the packages\n`,
    );
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal tells both of Ctrl-C; what is sent to this process alone is handed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function packagedNode() {
  const [system, ending] = process.platform === 'win32' ? ['win', '.exe'] : [process.platform, ''];
  try {
    return createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/bin/node${ending}`);
  } catch {
    return undefined;
  }
}
