import type { CommandOption } from './command.ts';

export const configOption: CommandOption = {
  type: 'string',
  short: 'c',
  value: 'FILE',
  default: 'config/demo.yaml',
  description: 'Configuration file',
};

export const dataOption: CommandOption = {
  type: 'string',
  value: 'DIR',
  default: './data',
  description: 'Data directory: storage, certificates',
};
