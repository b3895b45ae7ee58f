#!/usr/bin/env node
import { runCommand } from './cli/index.ts';

// Set by bin/sallyport for this process; what it starts (a kubeconfig's plugin) must not inherit it.
delete process.env['NODE_COMPILE_CACHE'];

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
