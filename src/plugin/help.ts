import type { CommandSpec } from './command-table.ts';

const groups: readonly (readonly [title: string, commands: readonly string[]])[] = [
  ['Login Commands', ['login', 'logout', 'whoami']],
  ['Credential Plugin', ['token']],
  ['Other Commands', ['version', 'help']],
];

/** The list of commands, in kubectl's shape. */
export function renderOverview(program: string, table: Readonly<Record<string, CommandSpec>>): string {
  const summary = (name: string): string => table[name]?.summary ?? 'Help about a command';
  const blocks = groups.map(([title, names]) => {
    return [`${title}:`, ...names.map((name) => `  ${name.padEnd(10)}${summary(name)}`)].join('\n');
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
    .map(([flag, { type, short, default: value, help }]) => {
      const shown = type === 'boolean' ? value : `'${value ?? ''}'`;
      return `    ${short === undefined ? '' : `-${short}, `}--${flag}=${shown}:\n\t${help}`;
    });
  return [
    spec.description,
    `Examples:\n${examples.join('\n\n')}`,
    `Options:\n${flags.join('\n\n')}`,
    `Usage:\n  ${program} ${name} [options]\n`,
  ].join('\n\n');
}
