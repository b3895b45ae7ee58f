import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../package-root.ts';
import { errorCode, exitCode } from './exit.ts';

/** The other program of this package: it has the questions about rights. */
const sallyport = fileURLToPath(new URL('bin/sallyport.js', packageRoot));

/** Runs a program to its end with this process's streams; undefined when there is no such program. */
export function runProgram(program: string, args: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    // By Node.js and not by the shell script, which Windows cannot run.
    const [file, words] =
      program === 'sallyport' ? [process.execPath, [sallyport, ...args]] : [program, [...args]];
    const child = spawn(file, words, { stdio: 'inherit' });
    child.once('error', (error) => (errorCode(error) === 'ENOENT' ? resolve(undefined) : reject(error)));
    child.once('close', (code) => resolve(code ?? exitCode.interrupted));
  });
}
