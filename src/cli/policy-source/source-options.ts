import type { CommandOption } from '../command.ts';

/** Which server is asked. */
export const serverOptions = {
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    description: 'Ask the server of this kubeconfig (default: $KUBECONFIG, ~/.kube/config)',
  },
  context: {
    type: 'string',
    value: 'NAME',
    description: 'Context of the kubeconfig (default: the current one)',
  },
} as const satisfies Record<string, CommandOption>;

/** Which manifests are asked. */
export const manifestOptions = {
  filename: {
    type: 'string',
    multiple: true,
    short: 'f',
    value: 'FILE|DIR',
    description: 'Ask these manifests (- is standard input); may be repeated',
  },
  recursive: { type: 'boolean', short: 'R', description: 'Go down into sub-directories of -f' },
} as const satisfies Record<string, CommandOption>;

/** Where the policy comes from; the same flags for every question. */
export const sourceOptions: Readonly<Record<string, CommandOption>> = {
  ...manifestOptions,
  'no-defaults': {
    type: 'boolean',
    description: "Ask manifests without Kubernetes' default roles and bindings",
  },
  ...serverOptions,
};
