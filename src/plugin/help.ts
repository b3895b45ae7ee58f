import { environmentName } from '../environment-name.ts';
import type { CommandGroup, CommandSpec, FlagSpec } from './command-spec.ts';

const groups: Readonly<Record<CommandGroup, string>> = {
  login: 'Login Commands',
  clusters: 'Cluster Commands',
  access: 'Access Commands',
  plugin: 'Credential Plugin',
  diagnose: 'Other Commands',
};

/** The list of commands, in kubectl's shape. */
export function renderOverview(program: string, commands: ReadonlyMap<string, CommandSpec>): string {
  const width = Math.max(...[...commands.keys()].map((name) => name.length)) + 3;
  const blocks = Object.entries(groups).flatMap(([group, title]) => {
    const members = [...commands].filter(([, spec]) => spec.group === group);
    const rows = members.map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
    if (group === 'diagnose') rows.push(`  ${'help'.padEnd(width)}Help about a command`);
    return rows.length === 0 ? [] : [[`${title}:`, ...rows].join('\n')];
  });
  return [
    `${program} logs you in to a cluster behind Sallyport.`,
    ...blocks,
    `Usage:\n  ${program} [command] [options]`,
    `Use "${program} <command> --help" for more information about a given command.\n`,
  ].join('\n\n');
}

/** The help of one command, in kubectl's shape. */
export function renderCommandHelp(program: string, name: string, spec: CommandSpec): string {
  const examples = spec.examples.map(([comment, args]) => `  # ${comment}\n  ${program} ${args}`);
  const flags = Object.entries(spec.flags)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([flag, one]) => renderFlag(flag, one));
  const rest = spec.passesOn ? ' ...' : ' [options]';
  const operands = spec.operands === undefined ? '' : ` ${spec.operands.usage}`;
  return [
    spec.description,
    `Examples:\n${examples.join('\n\n')}`,
    ...(flags.length === 0 ? [] : [`Options:\n${flags.join('\n\n')}`]),
    `Usage:\n  ${program} ${name}${operands}${rest}\n`,
  ].join('\n\n');
}

function renderFlag(
  flag: string,
  { type, short, multiple, default: value, aliases, help }: FlagSpec,
): string {
  const shown = type === 'boolean' ? (value ?? 'false') : multiple ? '[]' : `'${value ?? ''}'`;
  const others = (aliases ?? []).map((alias) => `--${typeof alias === 'string' ? alias : alias.name}`);
  return [
    `    ${short === undefined ? '' : `-${short}, `}--${flag}=${shown}:`,
    `\t${help}`,
    `\t[$${environmentName(flag)}${others.length === 0 ? '' : `; also ${others.join(', ')}`}]`,
  ].join('\n');
}
