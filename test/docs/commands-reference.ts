import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { runCommand } from '../../src/cli/index.ts';
import { loadCommands } from '../../src/plugin/command-table.ts';
import { exitCode } from '../../src/plugin/exit.ts';
import { renderCommandHelp, renderOverview } from '../../src/plugin/help.ts';
import { markdownTable } from './markdown-table.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PLUGIN = 'kubectl sallyport';

const SERVER_EXIT_CODES = [
  [0, 'done; for `start`: stopped by SIGTERM or SIGINT, everything drained'],
  [1, 'it could not be done: a port is taken, a directory is not writable'],
  [2, 'the command line or the configuration file is wrong; the message says where'],
  [3, 'not logged in, or the credential plugin of the kubeconfig gives no token'],
  [4, 'the server does not allow it; a “no” of `can-i` is 1, as in kubectl'],
  [5, 'what was named is not there'],
  [6, 'somebody else has changed the same thing, or it is there already'],
  [7, 'the server cannot be reached, or cannot answer'],
] as const;

const PLUGIN_EXIT_CODES: Readonly<Record<keyof typeof exitCode, string>> = {
  ok: 'done',
  failure: 'it could not be done',
  usage: 'the command line, the kubeconfig or a URL is wrong',
  notLoggedIn: 'not logged in; the message says what to type',
  forbidden: 'the server does not allow it',
  notFound: 'what was named is not there',
  conflict: 'somebody else changes the same thing',
  unreachable: 'the identity provider cannot be reached',
  timeout: 'nobody signed in in time',
  interrupted: 'interrupted',
};

/** The text of docs/reference/commands.md. */
export async function commandsReference(): Promise<string> {
  const overview = await serverHelp('--help');
  const names = [...overview.matchAll(/^ {2}([a-z-]+) {2,}/gm)].map((match) => match[1] ?? '');
  const server = await Promise.all(
    names.map(async (name) => [name, await serverHelp(name, '--help')] as const),
  );
  const commands = await loadCommands();
  const plugin = [...commands].map(([name, spec]) => [name, renderCommandHelp(PLUGIN, name, spec)] as const);
  return `<!-- Made from the commands' own help by test/docs/commands-reference.ts; UPDATE_DOCS=1 npx vitest run --project unit test/docs -->

# Commands

Two programs in \`bin/\`: \`sallyport\` runs and inspects the server, \`kubectl-sallyport\` is a kubectl plugin. Both find the
Node.js that came with the packages. Neither prints colours, so there is nothing for \`NO_COLOR\` to turn off.

## sallyport

${block(overview)}
${server.map(([name, help]) => `### sallyport ${name}\n\n${block(help)}`).join('\n')}
### Exit codes of sallyport

${table(SERVER_EXIT_CODES)}

## kubectl sallyport

${block(renderOverview(PLUGIN, commands))}
Credentials are kept in \`$KUBECACHEDIR/sallyport\`, else \`~/.kube/cache/sallyport\`: a file of mode 0600 for each issuer and client.
Every flag is also an environment variable, named beside it; what is typed counts first, then the variable, then the kubeconfig.
The browser is the one of \`--browser-command\`, else of \`$BROWSER\`, else the desktop's.

${plugin.map(([name, help]) => `### ${PLUGIN} ${name}\n\n${block(help)}`).join('\n')}
### Exit codes of kubectl sallyport

${table(Object.entries(PLUGIN_EXIT_CODES).map(([name, text]) => [exitCode[name as keyof typeof exitCode], text]))}
`;
}

async function serverHelp(...args: string[]): Promise<string> {
  let text = '';
  await runCommand(args, {
    env: {},
    stdin: Readable.from([]),
    stdout: {
      write: (part) => {
        text += part;
      },
    },
    stderr: { write: () => undefined },
    onStopSignal: () => undefined,
    startServer: () => Promise.reject(new Error('help starts nothing')),
    startCluster: () => Promise.reject(new Error('help starts nothing')),
  });
  // The one thing in a help text that is different on each machine.
  return text.replaceAll(ROOT, '…');
}

function block(text: string): string {
  return `\`\`\`text\n${text.trimEnd().replaceAll('\t', '        ')}\n\`\`\`\n`;
}

function table(rows: readonly (readonly [number, string])[]): string {
  return markdownTable([['code', ''], ...rows.map(([code, text]) => [String(code), text])]);
}
