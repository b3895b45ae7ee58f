import type { Readable, Writable } from 'node:stream';
import type { RemoteOutcome, RemoteStreams } from '../../streaming/index.ts';
import { findProgram } from '../programs/find-program.ts';
import { createFileSystem, type FileSystem } from '../world/file-system.ts';
import type { World } from '../world/process.ts';
import {
  BrokenPipeError,
  createLineInput,
  emptyInput,
  type Input,
  type Output,
} from '../world/process-io.ts';
import { runProgram } from '../world/run-program.ts';
import { createStorageBudget, type StorageBudget } from '../world/storage-budget.ts';
import { createTerminal } from '../world/terminal.ts';
import { type ContainerLog, createContainerLog } from './container-log.ts';
import type { ContainerSpec } from './container-spec.ts';
import type { ContainerState, TerminatedState } from './container-state.ts';
import { isSimulatedCommand } from './is-simulated-command.ts';
import { type MainProcess, startMainProcess, untilKilled } from './main-process.ts';
import { type PodFacts, writeSkeleton } from './skeleton-files.ts';

/** How a container of this pod behaves besides what its spec says; see the pod's annotations. */
export interface ContainerWishes {
  /** The main process ends at once with this code. */
  readonly exitCode: number | undefined;
  /** A line is logged so often. */
  readonly logIntervalMs: number | undefined;
}

export interface ContainerDeps {
  readonly facts: PodFacts;
  readonly wishes: ContainerWishes;
  readonly now: () => number;
  readonly schedule: (ms: number, callback: () => void) => () => void;
  /** What all containers of the node may keep. */
  readonly storage: StorageBudget;
}

/** A simulated container. Nothing of it exists outside this process' memory. */
export interface Container {
  readonly spec: ContainerSpec;
  state(): ContainerState;
  lastState(): TerminatedState | undefined;
  restartCount(): number;
  log(): ContainerLog;
  previousLog(): ContainerLog | undefined;
  /** Whether its own command line runs; else something stands in for the image's program. */
  isSimulated(): boolean;
  /** Starts it, or starts it anew. Resolves with the exit code of its main process. */
  start(): Promise<number>;
  /** It will be started anew in a while. */
  backOff(message: string): void;
  /** Ends all its processes. */
  stop(): void;
  /** Runs a command in it, with the client's streams. */
  exec(command: readonly string[], streams: RemoteStreams, tty: boolean): Promise<RemoteOutcome>;
  /** Lets the client see, and feed, the main process. */
  attach(streams: RemoteStreams): Promise<RemoteOutcome>;
  /** Gives its storage back. */
  dispose(): void;
}

const maxFileBytes = 32 * 1024 * 1024;
const maxLogBytes = 1024 * 1024;

export interface ContainerHistory {
  readonly restartCount: number;
  readonly lastState: TerminatedState | undefined;
}

export function createContainer(
  spec: ContainerSpec,
  deps: ContainerDeps,
  history: ContainerHistory = { restartCount: 0, lastState: undefined },
): Container {
  const { facts, wishes, now, schedule, storage } = deps;
  const isSimulated = isSimulatedCommand(spec.commandLine);
  let state: ContainerState = { type: 'waiting', reason: 'ContainerCreating' };
  let { restartCount, lastState } = history;
  let starts = 0;
  let log = newLog();
  let previousLog: ContainerLog | undefined;
  let main: MainProcess | undefined;
  let files: FileSystem | undefined;

  function newLog(): ContainerLog {
    return createContainerLog(now, createStorageBudget(maxLogBytes, storage));
  }

  const world: World = {
    // Most containers are never looked into.
    get files() {
      if (files === undefined) {
        files = createFileSystem(now, createStorageBudget(maxFileBytes, storage));
        writeSkeleton(files, facts);
      }
      return files;
    },
    hostname: facts.name,
    processes: { running: 0 },
    findProgram,
    now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const over = () => {
          cancel();
          signal.removeEventListener('abort', over);
          resolve();
        };
        const cancel = schedule(ms, over);
        signal.addEventListener('abort', over);
      }),
  };

  /** Files are the container's: one that is started anew has none of the old ones. */
  function renew(): void {
    starts += 1;
    if (starts === 1) return;
    restartCount += 1;
    previousLog?.dispose();
    previousLog = log;
    log = newLog();
    files?.dispose();
    files = undefined;
  }

  function logEvery(ms: number, running: MainProcess): void {
    let count = 0;
    const again = () => {
      const cancel = schedule(ms, () => {
        count += 1;
        log.write('stdout', `line ${count}\n`);
        again();
      });
      running.over.addEventListener('abort', cancel, { once: true });
    };
    again();
  }

  return {
    spec,
    state: () => state,
    lastState: () => lastState,
    restartCount: () => restartCount,
    log: () => log,
    isSimulated: () => isSimulated,
    previousLog: () => previousLog,

    async start() {
      renew();
      const program = isSimulated ? findProgram(spec.commandLine[0] ?? '') : undefined;
      const startedAt = now();
      state = { type: 'running', startedAt };
      if (!isSimulated) {
        log.write('stdout', `${spec.image} is simulated: no program of the image runs\n`);
      }
      const own = log;
      main = startMainProcess(spec, world, own, program);
      if (wishes.logIntervalMs !== undefined) logEvery(wishes.logIntervalMs, main);
      if (wishes.exitCode !== undefined) main.kill();
      const ended = await main.ended;
      const exitCode = wishes.exitCode ?? (isSimulated ? ended : 0);
      own.close();
      const reason = exitCode === 0 ? 'Completed' : 'Error';
      lastState = { type: 'terminated', startedAt, finishedAt: now(), exitCode, reason };
      state = lastState;
      return exitCode;
    },

    backOff(message) {
      state = { type: 'waiting', reason: 'CrashLoopBackOff', message };
    },

    stop: () => main?.kill(),

    async exec([name = '', ...args], streams, tty) {
      const program = findProgram(name);
      if (main === undefined || state.type !== 'running') return { failure: notFound(spec.name) };
      if (program === undefined) return { failure: unknownExecutable(name) };
      const signal = AbortSignal.any([main.over, streams.gone]);
      const keys = streams.stdin === undefined ? emptyInput : readableInput(streams.stdin);
      const stdout = writableOutput(streams.stdout);
      const interrupted = new AbortController();
      const terminal = tty ? createTerminal(keys, stdout) : undefined;
      if (terminal !== undefined) {
        // Of an interactive shell only the line that is being typed is given up.
        terminal.onInterrupt = () => /(?:^|\/)(?:ba|a)?sh$/.test(name) || interrupted.abort();
        streams.onResize((size) => Object.assign(terminal, size));
      }
      const process = {
        world,
        name,
        args,
        env: tty ? new Map([...spec.env, ['TERM', 'xterm']]) : spec.env,
        cwd: spec.workingDir,
        stdin: createLineInput(terminal?.input ?? keys),
        stdout: terminal?.output ?? stdout,
        stderr: terminal?.output ?? writableOutput(streams.stderr),
        terminal,
        signal: AbortSignal.any([signal, interrupted.signal]),
      };
      const exitCode = await untilKilled(runProgram(program, process), process.signal);
      return { exitCode: interrupted.signal.aborted ? 130 : exitCode };
    },

    async attach(streams) {
      if (main === undefined || state.type !== 'running') return { failure: notFound(spec.name) };
      const process = main;
      const leave = process.view({
        stdout: streams.stdout && writableOutput(streams.stdout),
        stderr: streams.stderr && writableOutput(streams.stderr),
      });
      streams.onResize(({ columns, rows }) => process.resize(columns, rows));
      if (streams.stdin !== undefined) void process.feed(readableInput(streams.stdin));
      await aborted(AbortSignal.any([process.over, streams.gone]));
      leave();
      return { exitCode: 0 };
    },

    dispose() {
      main?.kill();
      log.close();
      log.dispose();
      previousLog?.dispose();
      files?.dispose();
    },
  };
}

/** Source: kubelet and containerd, whose words clients show. */
function notFound(name: string): string {
  return `container not found (${JSON.stringify(name)})`;
}

function unknownExecutable(name: string): string {
  const cause = name.includes('/') ? 'no such file or directory' : 'executable file not found in $PATH';
  const verb = name.includes('/') ? `stat ${name}` : `exec: ${JSON.stringify(name)}`;
  return (
    'error executing command in container: failed to exec in container: OCI runtime exec failed: exec failed: ' +
    `unable to start container process: ${verb}: ${cause}`
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A client that has gone has nothing more to say. */
function readableInput(stream: Readable): Input {
  const iterator = stream.iterator({ destroyOnReturn: false });
  return {
    async read() {
      try {
        const { value, done } = await iterator.next();
        return done === true ? undefined : (value as Buffer);
      } catch {
        return undefined;
      }
    },
  };
}

function writableOutput(stream: Writable | undefined): Output {
  return {
    write: (data) =>
      new Promise((resolve, reject) => {
        if (stream === undefined) {
          resolve();
          return;
        }
        const gone = () => reject(new BrokenPipeError('the client has gone'));
        if (stream.destroyed || stream.writableEnded) gone();
        else stream.write(data, (error) => (error ? gone() : resolve()));
      }),
  };
}
