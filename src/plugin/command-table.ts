import type { Invocation } from './invocation.ts';

export interface FlagSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Shown in the help as the value when the flag is left out. */
  readonly default?: string;
  readonly help: string;
}

export interface CommandSpec {
  readonly summary: string;
  readonly description: string;
  /** Pairs of a comment and the arguments after the program's name. */
  readonly examples: readonly (readonly [comment: string, args: string])[];
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /** Loads the command only when it runs; resolves to its exit code. */
  readonly run: (invocation: Invocation) => Promise<number>;
}

const targetFlags: Readonly<Record<string, FlagSpec>> = {
  'issuer-url': {
    type: 'string',
    help: "URL of the identity provider. If not set, the one in the kubeconfig context's user",
  },
  'client-id': {
    type: 'string',
    help: "OAuth client to log in as, and so the token's audience. If not set, the one in the kubeconfig context's user, else kubectl",
  },
  kubeconfig: { type: 'string', help: 'Path to the kubeconfig file to use' },
  context: { type: 'string', help: 'The name of the kubeconfig context to use' },
};

const trustFlags: Readonly<Record<string, FlagSpec>> = {
  'certificate-authority': {
    type: 'string',
    help: "Path to a PEM file with the identity provider's certificate authority. If not set, the system's are trusted",
  },
  'certificate-authority-data': { type: 'string', help: 'The same, as base64 of the PEM text' },
};

const loginFlags: Readonly<Record<string, FlagSpec>> = {
  ...targetFlags,
  ...trustFlags,
  'listen-port': {
    type: 'string',
    default: '0',
    help: 'Port on 127.0.0.1 that waits for the browser; 0 takes a free one',
  },
  'skip-open-browser': { type: 'boolean', default: 'false', help: 'Only print the URL' },
  'browser-command': {
    type: 'string',
    help: 'Browser to start with the URL as its last argument, or in place of %s',
  },
  timeout: { type: 'string', default: '180s', help: 'How long to wait for the login' },
};

const outputFlag: FlagSpec = { type: 'string', short: 'o', help: 'Output format. One of: (json)' };

/** Every command of the plugin; help, parsing and completion come from here. */
export const commandTable: Readonly<Record<string, CommandSpec>> = {
  login: {
    summary: 'Log in with the browser',
    description:
      'Log in with the browser and keep the credentials for kubectl. The identity provider and the client come from the current kubeconfig context.',
    examples: [
      ['Log in to the identity provider of the current context', 'login'],
      ['Log in where no browser can be started: print the URL', 'login --skip-open-browser'],
      ['Log in without a kubeconfig', 'login --issuer-url=https://sso.example.com'],
    ],
    flags: loginFlags,
    run: async (invocation) => (await import('./commands/login.ts')).runLogin(invocation),
  },
  logout: {
    summary: 'End the session and remove the credentials',
    description:
      'Revoke the refresh token at the identity provider and remove the credentials from this machine.',
    examples: [
      ['Log out of the identity provider of the current context', 'logout'],
      ['Also end the session of the browser', 'logout --browser'],
    ],
    flags: {
      ...targetFlags,
      ...trustFlags,
      browser: { type: 'boolean', default: 'false', help: "Also open the identity provider's sign-out page" },
      'browser-command': {
        type: 'string',
        help: 'Browser to start with the URL as its last argument, or in place of %s',
      },
    },
    run: async (invocation) => (await import('./commands/logout.ts')).runLogout(invocation),
  },
  whoami: {
    summary: 'Show who is logged in, and until when',
    description:
      'Show who is logged in according to the cached ID token. "kubectl auth whoami" shows whom the cluster makes of it.',
    examples: [
      ['Show the user, the groups and the expiry', 'whoami'],
      ['The same for a script', 'whoami -o json'],
    ],
    flags: { ...targetFlags, output: outputFlag },
    run: async (invocation) => (await import('./commands/whoami.ts')).runWhoami(invocation),
  },
  token: {
    summary: 'Print an ExecCredential for kubectl (a kubeconfig runs this)',
    description:
      'Print an ExecCredential with an ID token on standard output, as a credential plugin of kubectl does. Renews the token when it is about to expire, and logs in with the browser when a user is there to do so.',
    examples: [['What a kubeconfig runs', 'token --issuer-url=https://sso.example.com --client-id=kubectl']],
    flags: loginFlags,
    run: async (invocation) => (await import('./commands/token.ts')).runToken(invocation),
  },
  version: {
    summary: 'Print the version',
    description: 'Print the version of the plugin.',
    examples: [['Print the version', 'version']],
    flags: { output: outputFlag },
    run: async (invocation) => (await import('./commands/version.ts')).runVersion(invocation),
  },
};
