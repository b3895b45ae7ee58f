#!/usr/bin/env node
import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runCommand } from './cli/index.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onStopSignal(stop) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(signal));
  },
  // Loaded only by the command that needs it: the others stay quick.
  startServer: (options) => starting(async () => (await import('./server.ts')).startServer(options)),
  startCluster: (options) =>
    starting(async () => (await import('./server/cluster/start-cluster.ts')).startCluster(options)),
});

/** A start makes much and keeps most of it: given its way, V8 grows its nursery to 32 MiB meanwhile, and keeps that, too. */
async function starting<T>(start: () => Promise<T>): Promise<T> {
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    const started = await start();
    // Else only a process that ends by itself leaves its compiled code to the next one.
    setImmediate(flushCompileCache);
    return started;
  } finally {
    setFlagsFromString('--semi-space-growth-factor=2');
  }
}
