import type { LineInput, Output } from '../world/process-io.ts';
import { ShellSyntaxError } from './syntax.ts';

/** A shell's own state; a subshell has a copy. */
export interface ShellState {
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
  /** $0, $1, … */
  readonly positional: readonly string[];
  cwd: string;
  lastCode: number;
}

export interface ShellStreams {
  readonly stdin: LineInput;
  readonly stdout: Output;
  readonly stderr: Output;
}

/** Thrown by exit. */
export class ExitShell extends Error {
  readonly code: number;

  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}

/** Thrown by break, and by continue (which goes on). */
export class LeaveLoop extends Error {
  readonly goesOn: boolean;

  constructor(goesOn: boolean) {
    super('break');
    this.goesOn = goesOn;
  }
}

/** Characters of all variables of a shell together. */
const maxVariables = 1024 * 1024;
const variableCost = 64;

/** Throws ShellSyntaxError when variables take too much. */
export function setVariable({ variables }: ShellState, name: string, value: string): void {
  variables.set(name, value);
  let length = 0;
  for (const [key, text] of variables) length += key.length + text.length + variableCost;
  if (length > maxVariables) throw new ShellSyntaxError('variables take too much memory');
}

/** The value of a variable or parameter; '' when it has none. */
export function variable(state: ShellState, name: string): string {
  if (name === '?') return String(state.lastCode);
  if (name === '#') return String(Math.max(0, state.positional.length - 1));
  // All shells have this number: nothing has a process.
  if (name === '$') return '7';
  if (name === '@' || name === '*') return state.positional.slice(1).join(' ');
  if (/^\d$/.test(name)) return state.positional[Number(name)] ?? '';
  return state.variables.get(name) ?? '';
}
