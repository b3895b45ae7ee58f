import type { CommandSpec } from '../command-spec.ts';
import { completionScript, shells } from '../completion/scripts.ts';
import { exitCode, PluginError } from '../exit.ts';
import { oneLine } from '../terminal-text.ts';

export const completionCommand: CommandSpec = {
  group: 'diagnose',
  summary: 'Print a script that completes commands, flags and values in the shell',
  description:
    'Print the completion script of a shell for kubectl-sallyport. "kubectl sallyport" itself is completed by kubectl, which runs kubectl_complete-sallyport: it comes with this program and has to be on the PATH.',
  examples: [
    [
      'In this bash, from now on',
      'completion bash > ~/.local/share/bash-completion/completions/kubectl-sallyport',
    ],
    ['zsh', 'completion zsh > ~/.zfunc/_kubectl-sallyport'],
    ['fish', 'completion fish > ~/.config/fish/completions/kubectl-sallyport.fish'],
  ],
  flags: {},
  operands: { usage: `(${shells.join(' | ')})`, most: 1, values: shells },
  run: async ({ operands: [shell], deps }) => {
    const script = shell === undefined ? undefined : completionScript(shell, 'kubectl-sallyport');
    if (script === undefined) {
      const given = shell === undefined ? 'no shell' : `"${oneLine(shell)}"`;
      throw new PluginError(exitCode.usage, `completion takes one of ${shells.join(', ')}, not ${given}`);
    }
    deps.stdout(script);
    return exitCode.ok;
  },
};
