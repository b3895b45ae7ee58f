import { version } from '../version.ts';
import { type Command, exitCode } from './command.ts';

export const versionCommand: Command = {
  name: 'version',
  summary: 'Print the version',
  usage: 'version',
  examples: [{ comment: 'Print the version', line: 'sallyport version' }],
  options: {},
  async run(_values, host) {
    host.stdout.write(`sallyport ${version}\n`);
    return exitCode.ok;
  },
};
