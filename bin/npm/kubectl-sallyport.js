#!/usr/bin/env node
import { run } from './run.js';

await run(async () => {
  (await import('../code-cache.js')).keepCompiledCode();
  await (await import('../load.js')).load('plugin', 'src/plugin/main.ts');
});
