import { resolve } from 'node:path';
import { loadConfig } from '../config/index.ts';
import { type Command, EXIT } from './command.ts';
import { configOption, dataOption } from './config-option.ts';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'Check a configuration file and say where it is wrong',
  usage: 'validate --config FILE',
  examples: [
    { comment: 'Check the demo configuration', line: 'sallyport validate --config config/demo.yaml' },
  ],
  options: { config: configOption, data: dataOption },
  async run(values, host) {
    const file = String(values['config']);
    await loadConfig(file, { dataDir: resolve(String(values['data'])), env: host.env });
    host.stdout.write(`${file} is valid\n`);
    return EXIT.ok;
  },
};
