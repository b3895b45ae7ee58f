/**
 * The process of `kubectl-sallyport`, which kubectl runs as `kubectl sallyport` and as a credential plugin at each of
 * its own calls. What is imported here is paid for every time: node:fs, node:os, node:path and node:crypto only;
 * everything else is loaded when a command needs it.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { errorCode, exitCode } from './exit.ts';
import type { PluginDeps } from './invocation.ts';
import { runPlugin } from './run-plugin.ts';

// Set by bin/kubectl-sallyport for this process; a browser that we start must not inherit it.
delete process.env['NODE_COMPILE_CACHE'];

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first one lets a renewal that is under way reach the cache; the second does not wait.
    if (interrupt.signal.aborted) process.exit(exitCode.interrupted);
    interrupt.abort();
  });
}

const deps: PluginDeps = {
  env: process.env,
  platform: process.platform,
  homeDir: homedir(),
  now: Date.now,
  stdout: (text) => writeAll(1, text),
  stderr: (text) => writeAll(2, text),
  stdinIsTerminal: async () => (await import('node:tty')).isatty(0),
  stderrIsTerminal: () => process.stderr.isTTY === true,
  readLine: async (signal) => (await import('./read-line.ts')).readLine(process.stdin, signal),
  runProgram: async (program, args) => (await import('./run-program.ts')).runProgram(program, args),
  fileExists: existsSync,
  parent: () => `${process.ppid} ${startOf(process.ppid)}`,
  signal: interrupt.signal,
};

/** When a process was started, in the kernel's ticks; '' where there is no /proc. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may have blanks of its own.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** Synchronous and without process.stdout, whose first use loads the socket code of Node.js. */
function writeAll(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (errorCode(error) === 'EAGAIN') continue;
      // The reader has gone (`| head`): nobody is left to tell.
      if (errorCode(error) === 'EPIPE') return;
      throw error;
    }
  }
}

process.exit(await runPlugin(process.argv.slice(2), deps));
