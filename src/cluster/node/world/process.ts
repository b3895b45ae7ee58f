import type { FileSystem } from './file-system.ts';
import type { LineInput, Output } from './process-io.ts';

/** What the processes of a container share. */
export interface World {
  readonly files: FileSystem;
  readonly hostname: string;
  /** How many programs run now. */
  readonly processes: { running: number };
  /** Undefined when the container has no such program. @param name as typed, with or without its directory */
  findProgram(name: string): Program | undefined;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after that time, or when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A simulated process: no process of the machine, only functions of this one. */
export interface Process {
  readonly world: World;
  /** As it was called. */
  readonly name: string;
  /** Without the name. */
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly stdin: LineInput;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Set when its streams are a terminal. */
  readonly terminal: { readonly columns: number; readonly rows: number } | undefined;
  /** Aborted when it is killed. */
  readonly signal: AbortSignal;
}

/** Returns the exit code. */
export type Program = (process: Process) => Promise<number>;
