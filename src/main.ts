#!/usr/bin/env node
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
  startServer: async (options) => (await import('./server.ts')).startServer(options),
});
