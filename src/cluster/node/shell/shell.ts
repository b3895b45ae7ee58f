import { goTrimRight } from '../../../kube/index.ts';
import { FileError, resolvePath } from '../world/file-system.ts';
import { openInput, openOutput } from '../world/open-file.ts';
import type { Process } from '../world/process.ts';
import { createLineInput, createPipe, type LineInput, type Output } from '../world/process-io.ts';
import { runProgram } from '../world/run-program.ts';
import { builtins } from './builtins.ts';
import { expandAll, expandOne } from './expand.ts';
import { ExitShell, LeaveLoop, type ShellState, type ShellStreams, setVariable } from './shell-state.ts';
import {
  type AndOr,
  type Command,
  type Pipeline,
  type Redirect,
  type Script,
  ShellSyntaxError,
  type Word,
} from './syntax.ts';

export interface Shell {
  /** Runs a script; returns the code of its last command. */
  run(script: Script): Promise<number>;
  /** Set when the script has called exit. */
  exited(): number | undefined;
}

/** Characters that a `$(…)` may stand for. */
const maxSubstitution = 1024 * 1024;
/** So many turns of loops, then a pause: a script that spins must not keep the server busy. */
const turnsBeforePause = 16;
const pauseMs = 10;

/** A small POSIX shell over simulated programs. It starts nothing on the machine. @param positional $0, $1, … */
export function createShell(process: Process, positional: readonly string[]): Shell {
  let exitCode: number | undefined;
  let turns = 0;
  const top: ShellState = {
    variables: new Map(process.env),
    exported: new Set(process.env.keys()),
    positional,
    cwd: process.cwd,
    lastCode: 0,
  };

  async function runScript(state: ShellState, streams: ShellStreams, script: Script): Promise<number> {
    for (const item of script.items) await runAndOr(state, streams, item);
    return state.lastCode;
  }

  async function runAndOr(state: ShellState, streams: ShellStreams, parts: AndOr): Promise<void> {
    for (const { when, pipeline } of parts) {
      if (when !== 'always' && (when === 'success') !== (state.lastCode === 0)) continue;
      process.signal.throwIfAborted();
      const code = await runPipeline(state, streams, pipeline);
      state.lastCode = pipeline.negated ? Number(code === 0) : code;
    }
  }

  async function runPipeline(
    state: ShellState,
    streams: ShellStreams,
    { commands }: Pipeline,
  ): Promise<number> {
    const [only] = commands;
    if (only !== undefined && commands.length === 1) return runCommand(state, streams, only);
    const pipes = commands.slice(1).map(createPipe);
    const codes = await Promise.all(
      commands.map(async (command, index) => {
        const before = pipes[index - 1];
        const after = pipes[index];
        const own: ShellStreams = {
          stdin: before === undefined ? streams.stdin : createLineInput(before.input),
          stdout: after?.output ?? streams.stdout,
          stderr: streams.stderr,
        };
        try {
          return await inSubshell(state, (copy) => runCommand(copy, own, command));
        } finally {
          after?.closeOutput();
          before?.closeInput();
        }
      }),
    );
    return codes.at(-1) ?? 0;
  }

  /** What changes in it stays in it; its exit is its own. */
  async function inSubshell(state: ShellState, body: (copy: ShellState) => Promise<number>): Promise<number> {
    const copy = { ...state, variables: new Map(state.variables), exported: new Set(state.exported) };
    try {
      return await body(copy);
    } catch (error) {
      if (error instanceof ExitShell) return error.code;
      if (error instanceof LeaveLoop) return 0;
      throw error;
    }
  }

  async function runCommand(state: ShellState, streams: ShellStreams, command: Command): Promise<number> {
    let own: ShellStreams;
    try {
      own = await redirected(state, streams, command.redirects);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      await streams.stderr.write(`sh: ${error.message}\n`);
      return 1;
    }
    switch (command.type) {
      case 'simple':
        return runSimple(state, own, command.assignments, command.words);
      case 'group':
        if (!command.subshell) return runScript(state, own, command.body);
        return inSubshell(state, (copy) => runScript(copy, own, command.body));
      case 'if': {
        for (const { condition, body } of command.branches) {
          if ((await runScript(state, own, condition)) === 0) return runBody(state, own, body);
        }
        return runBody(state, own, command.otherwise);
      }
      case 'loop': {
        const isMet = async () => ((await runScript(state, own, command.condition)) === 0) !== command.until;
        while (await isMet()) if (!(await runTurn(state, own, command.body))) break;
        return 0;
      }
      case 'for': {
        for (const value of await expandAll(state, command.words, substituting(state, own))) {
          setVariable(state, command.name, value);
          if (!(await runTurn(state, own, command.body))) break;
        }
        return 0;
      }
    }
  }

  async function runBody(state: ShellState, streams: ShellStreams, body: Script): Promise<number> {
    state.lastCode = 0;
    return runScript(state, streams, body);
  }

  /** False when the loop is left. */
  async function runTurn(state: ShellState, streams: ShellStreams, body: Script): Promise<boolean> {
    turns += 1;
    if (turns % turnsBeforePause === 0) await process.world.sleep(pauseMs, process.signal);
    process.signal.throwIfAborted();
    try {
      await runScript(state, streams, body);
      return true;
    } catch (error) {
      if (error instanceof LeaveLoop) return error.goesOn;
      throw error;
    }
  }

  async function runSimple(
    state: ShellState,
    streams: ShellStreams,
    assignments: readonly (readonly [string, Word])[],
    words: readonly Word[],
  ): Promise<number> {
    const values: [string, string][] = [];
    for (const [name, value] of assignments)
      values.push([name, await expandOne(state, value, substituting(state, streams))]);
    const [name, ...args] = await expandAll(state, words, substituting(state, streams));
    if (name === undefined) {
      for (const [variable, value] of values) setVariable(state, variable, value);
      return 0;
    }
    if (name === 'exec') throw new ExitShell(await runNamed(state, streams, args, values));
    const builtin = builtins.get(name);
    if (builtin !== undefined) return builtin({ state, streams, world: process.world }, args);
    return runNamed(state, streams, [name, ...args], values);
  }

  async function runNamed(
    state: ShellState,
    streams: ShellStreams,
    [name = '', ...args]: readonly string[],
    values: readonly (readonly [string, string])[],
  ): Promise<number> {
    const program = process.world.findProgram(name);
    if (program === undefined) {
      await streams.stderr.write(`sh: ${name}: not found\n`);
      return 127;
    }
    const env = new Map([...state.exported].map((key) => [key, state.variables.get(key) ?? '']));
    for (const [variable, value] of values) env.set(variable, value);
    return runProgram(program, { ...process, ...streams, name, args, env, cwd: state.cwd });
  }

  async function redirected(
    state: ShellState,
    streams: ShellStreams,
    redirects: readonly Redirect[],
  ): Promise<ShellStreams> {
    const own: { stdin: LineInput; stdout: Output; stderr: Output } = { ...streams };
    const set = (fd: 0 | 1 | 2, output: Output) => {
      if (fd === 2) own.stderr = output;
      else own.stdout = output;
    };
    for (const { fd, mode, target } of redirects) {
      const text = await expandOne(state, target, substituting(state, streams));
      const path = resolvePath(state.cwd, text);
      if (mode === 'duplicate') {
        if (text !== '1' && text !== '2') throw new FileError(`${text}: bad file descriptor`);
        set(fd, text === '2' ? own.stderr : own.stdout);
      } else if (mode === 'read') {
        own.stdin = createLineInput(named(text, () => openInput(process.world, path)));
      } else {
        set(
          fd,
          named(text, () => openOutput(process.world, path, mode === 'append')),
        );
      }
    }
    return own;
  }

  const substituting = (state: ShellState, streams: ShellStreams) => (script: Script) =>
    substitute(state, streams, script);

  async function substitute(state: ShellState, streams: ShellStreams, script: Script): Promise<string> {
    const parts: Buffer[] = [];
    let length = 0;
    const stdout: Output = {
      async write(data) {
        const bytes = typeof data === 'string' ? Buffer.from(data) : data;
        length += bytes.length;
        if (length > maxSubstitution) throw new ShellSyntaxError('a command substitution is too long');
        parts.push(bytes);
      },
    };
    const own = { ...streams, stdout };
    state.lastCode = await inSubshell(state, (copy) => runScript(copy, own, script));
    return goTrimRight(Buffer.concat(parts).toString('utf8'), '\n');
  }

  return {
    async run(script) {
      const { stdin, stdout, stderr } = process;
      try {
        return await runScript(top, { stdin, stdout, stderr }, script);
      } catch (error) {
        if (error instanceof ExitShell) exitCode = error.code;
        else if (error instanceof ShellSyntaxError) {
          await stderr.write(`sh: ${error.message}\n`);
          top.lastCode = 2;
        } else if (!(error instanceof LeaveLoop)) throw error;
        return exitCode ?? top.lastCode;
      }
    },
    exited: () => exitCode,
  };
}

/** An open that failed says on which file. */
function named<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof FileError) throw new FileError(`can't open ${path}: ${error.message}`);
    throw error;
  }
}
