import { resolvePath } from '../world/file-system.ts';
import type { World } from '../world/process.ts';
import { ExitShell, LeaveLoop, type ShellState, type ShellStreams, setVariable } from './shell-state.ts';

/** A command that changes the shell itself. Returns its exit code. */
export type Builtin = (
  shell: { readonly state: ShellState; readonly streams: ShellStreams; readonly world: World },
  args: readonly string[],
) => Promise<number>;

const nothing: Builtin = async () => 0;

const exit: Builtin = async ({ state }, [code]) => {
  throw new ExitShell(code === undefined ? state.lastCode : Number.parseInt(code, 10) & 0xff);
};

const cd: Builtin = async ({ state, streams, world }, [path = '/root']) => {
  const target = resolvePath(state.cwd, path);
  if (world.files.stat(target)?.kind !== 'directory') {
    await streams.stderr.write(`sh: cd: can't cd to ${path}: No such file or directory\n`);
    return 2;
  }
  state.cwd = target;
  return 0;
};

const exportVariables: Builtin = async ({ state }, args) => {
  for (const arg of args) {
    const [name = '', ...value] = arg.split('=');
    if (arg.includes('=')) setVariable(state, name, value.join('='));
    state.exported.add(name);
  }
  return 0;
};

const unset: Builtin = async ({ state }, names) => {
  for (const name of names) {
    state.variables.delete(name);
    state.exported.delete(name);
  }
  return 0;
};

const read: Builtin = async ({ state, streams }, args) => {
  const line = await streams.stdin.readLine();
  const names = args.filter((arg) => !arg.startsWith('-'));
  const fields = (line ?? '').trim().split(/\s+/);
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1;
    setVariable(state, name, isLast ? fields.slice(index).join(' ') : (fields[index] ?? ''));
  }
  return line === undefined ? 1 : 0;
};

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', nothing],
  ['set', nothing],
  ['trap', nothing],
  ['wait', nothing],
  ['exit', exit],
  [
    'break',
    async () => {
      throw new LeaveLoop(false);
    },
  ],
  [
    'continue',
    async () => {
      throw new LeaveLoop(true);
    },
  ],
  ['cd', cd],
  ['export', exportVariables],
  ['unset', unset],
  ['read', read],
]);
