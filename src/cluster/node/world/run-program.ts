import { FileError } from './file-system.ts';
import type { Process, Program } from './process.ts';
import { BrokenPipeError, type LineInput, type Output } from './process-io.ts';

/** Exit codes of who is ended by a signal: 128 and its number. */
const killed = 137;
const brokenPipe = 141;
/** Of who could not be started. */
const cannotRun = 126;

/** Programs of one container at a time: a script that calls itself comes to an end. */
const maxProcesses = 200;

/** Of a program's output, whatever it was reading. */
class WriteError extends Error {
  override readonly name = 'WriteError';
}

/** Runs a program to its end, also when it is killed or what it writes to fails. Returns the exit code. */
export async function runProgram(program: Program, process: Process): Promise<number> {
  const { signal, stdin, stdout, stderr, name, world } = process;
  if (world.processes.running >= maxProcesses) {
    await stderr.write(`${name}: cannot fork: Resource temporarily unavailable\n`);
    return cannotRun;
  }
  world.processes.running += 1;
  try {
    return await program({
      ...process,
      stdin: guardedInput(stdin, signal),
      stdout: guardedOutput(stdout, signal),
      stderr: guardedOutput(stderr, signal),
    });
  } catch (error) {
    if (signal.aborted) return killed;
    if (error instanceof BrokenPipeError) return brokenPipe;
    const isWriting = error instanceof WriteError;
    if (!isWriting && !(error instanceof FileError)) throw error;
    await stderr.write(`${name}: ${isWriting ? 'write error: ' : ''}${error.message}\n`);
    return 1;
  } finally {
    world.processes.running -= 1;
  }
}

/** After a kill nothing is read or written any more, so whatever runs comes to its end. */
function guardedInput(input: LineInput, signal: AbortSignal): LineInput {
  return {
    async read() {
      signal.throwIfAborted();
      const data = await input.read();
      signal.throwIfAborted();
      return data;
    },
    async readLine() {
      signal.throwIfAborted();
      const line = await input.readLine();
      signal.throwIfAborted();
      return line;
    },
  };
}

function guardedOutput(output: Output, signal: AbortSignal): Output {
  return {
    async write(data) {
      signal.throwIfAborted();
      try {
        await output.write(data);
      } catch (error) {
        if (error instanceof FileError) throw new WriteError(error.message);
        throw error;
      }
    },
  };
}
