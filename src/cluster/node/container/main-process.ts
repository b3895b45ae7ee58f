import type { Program, World } from '../world/process.ts';
import {
  createLineInput,
  createPipe,
  emptyInput,
  type Input,
  type LineInput,
  type Output,
} from '../world/process-io.ts';
import { runProgram } from '../world/run-program.ts';
import { createTerminal, type Terminal } from '../world/terminal.ts';
import type { ContainerLog } from './container-log.ts';
import type { ContainerSpec } from './container-spec.ts';

/** Somebody who sees what the main process prints. */
export interface Viewer {
  readonly stdout: Output | undefined;
  readonly stderr: Output | undefined;
}

export interface MainProcess {
  /** Its exit code. Never rejects. */
  readonly ended: Promise<number>;
  /** Aborted when it has ended. */
  readonly over: AbortSignal;
  view(viewer: Viewer): () => void;
  /** Hands input over until it ends. */
  feed(input: Input): Promise<void>;
  resize(columns: number, rows: number): void;
  kill(): void;
}

/**
 * Starts a container's main process: a simulated program, or what stands in for the image's own.
 * @param program undefined for the stand-in, which says what it gets and runs until it is ended
 */
export function startMainProcess(
  spec: ContainerSpec,
  world: World,
  log: ContainerLog,
  program: Program | undefined,
): MainProcess {
  const viewers = new Set<Viewer>();
  const killed = new AbortController();
  const over = new AbortController();
  const hasInput = spec.stdin || program === undefined;
  const keys = createPipe();

  function printing(stream: 'stdout' | 'stderr'): Output {
    return {
      async write(data) {
        log.write(stream, data);
        await Promise.all([...viewers].map((viewer) => show(viewer, stream, data)));
      },
    };
  }

  async function show(viewer: Viewer, stream: 'stdout' | 'stderr', data: Buffer | string): Promise<void> {
    try {
      await viewer[stream]?.write(data);
    } catch {
      // Whoever has left sees nothing any more; the process goes on.
      viewers.delete(viewer);
    }
  }

  const terminal: Terminal | undefined = spec.tty
    ? createTerminal(keys.input, printing('stdout'))
    : undefined;
  if (terminal !== undefined) terminal.onInterrupt = () => killed.abort();
  const stdin: LineInput = createLineInput(hasInput ? (terminal?.input ?? keys.input) : emptyInput);
  const [name = '', ...args] = spec.commandLine;
  const process = {
    world,
    name,
    args,
    env: spec.env,
    cwd: spec.workingDir,
    stdin,
    stdout: terminal?.output ?? printing('stdout'),
    stderr: terminal?.output ?? printing('stderr'),
    terminal,
    signal: killed.signal,
  };

  async function run(): Promise<number> {
    try {
      return await untilKilled(runProgram(program ?? standIn, process), killed.signal);
    } catch {
      return 1;
    } finally {
      over.abort();
    }
  }

  return {
    ended: run(),
    over: over.signal,
    view(viewer) {
      viewers.add(viewer);
      return () => void viewers.delete(viewer);
    },
    async feed(input) {
      for (let data = await input.read(); data !== undefined; data = await input.read()) {
        await keys.output.write(data);
      }
      if (spec.stdinOnce) keys.closeOutput();
    },
    resize(columns, rows) {
      if (terminal !== undefined) Object.assign(terminal, { columns, rows });
    },
    kill: () => killed.abort(),
  };
}

/** What is killed is over at once, whatever it was waiting for. */
export async function untilKilled(running: Promise<number>, signal: AbortSignal): Promise<number> {
  let stop = (): void => {};
  const end = new Promise<number>((resolve) => {
    stop = () => resolve(137);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([running, end]);
  } finally {
    signal.removeEventListener('abort', stop);
    // It comes to its end by itself; nobody asks how.
    running.catch(() => {});
  }
}

/** No program of an image ever runs: this says what it is sent, and runs until it is ended. */
const standIn: Program = async ({ stdin, stdout, signal }) => {
  for (let data = await stdin.read(); data !== undefined; data = await stdin.read()) await stdout.write(data);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  return 0;
};
