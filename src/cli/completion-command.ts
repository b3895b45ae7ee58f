import { completionScript, shells } from '../plugin/index.ts';
import { type Command, exitCode, UsageError } from './command.ts';

export const completionCommand: Command = {
  name: 'completion',
  summary: 'Print a script that completes commands, flags and values in the shell',
  usage: `completion (${shells.join(' | ')})`,
  examples: [
    {
      comment: 'In this bash, from now on',
      line: 'sallyport completion bash > ~/.local/share/bash-completion/completions/sallyport',
    },
    { comment: 'zsh', line: 'sallyport completion zsh > ~/.zfunc/_sallyport' },
    { comment: 'fish', line: 'sallyport completion fish > ~/.config/fish/completions/sallyport.fish' },
  ],
  options: {},
  words: { least: 1, most: 1, first: shells },
  async run(_values, host, [shell = '']) {
    const script = completionScript(shell, 'sallyport');
    if (script === undefined)
      throw new UsageError(`completion takes one of ${shells.join(', ')}, not "${shell}"`);
    host.stdout.write(script);
    return exitCode.ok;
  },
};
