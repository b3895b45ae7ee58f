#!/usr/bin/env node
// What kubectl runs to complete `kubectl sallyport …`.
import { run } from './run.js';

await run(() => {
  process.argv.splice(2, 0, '__complete');
  return import('./kubectl-sallyport.js');
});
