#!/usr/bin/env node
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
  async startServer(options) {
    // A start makes much and keeps most of it: given its way, V8 grows its nursery to 32 MiB meanwhile, and keeps that, too.
    setFlagsFromString('--semi-space-growth-factor=1');
    try {
      // Loaded only by the command that needs it: the others stay quick.
      const { startServer } = await import('./server.ts');
      return await startServer(options);
    } finally {
      setFlagsFromString('--semi-space-growth-factor=2');
    }
  },
});
