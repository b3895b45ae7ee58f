import type { Command } from './command.ts';

/** `sallyport --help` */
export function renderOverview(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(12)} ${summary}`);
  return `Two doors in front of a Kubernetes API: who are you, and what may you do?

Usage:
  sallyport COMMAND [flags]

Commands:
${rows.join('\n')}

Use "sallyport COMMAND --help" for the flags of a command. Each is also an environment variable: --config is SALLYPORT_CONFIG.
`;
}

/** `sallyport COMMAND --help` */
export function renderHelp(command: Command): string {
  const examples = command.examples.map(({ comment, line }) => `  # ${comment}\n  ${line}`);
  const flags = Object.entries(command.options).map(([name, option]) => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `;
    const left = `${short}--${name}${option.value === undefined ? '' : ` ${option.value}`}`;
    const fallback = typeof option.default === 'string' ? ` (default ${option.default})` : '';
    return `  ${left.padEnd(28)} ${option.description}${fallback}`;
  });
  const description = command.description === undefined ? '' : `\n${command.description}\n`;
  return `${command.summary}
${description}
Usage:
  sallyport ${command.usage}

Examples:
${examples.join('\n\n')}

Flags:
${flags.join('\n')}
`;
}
