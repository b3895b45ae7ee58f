import type { FlagSpec } from './command-spec.ts';
import { flowNames, flowOfGrantType } from './login/choose-flow.ts';

/** Which identity provider, and as which client. */
export const targetFlags: Readonly<Record<string, FlagSpec>> = {
  issuer: {
    type: 'string',
    aliases: ['issuer-url', 'oidc-issuer-url'],
    help: "URL of the identity provider. If not set, the one in the kubeconfig context's user",
  },
  'client-id': {
    type: 'string',
    aliases: ['oidc-client-id'],
    help: "OAuth client to log in as, and so the token's audience. If not set, the one in the kubeconfig context's user, else kubectl",
  },
  'extra-scope': {
    type: 'string',
    multiple: true,
    aliases: ['oidc-extra-scope'],
    help: 'Scopes to ask for besides openid, email, profile, groups and offline_access; may be repeated',
  },
  cache: {
    type: 'string',
    values: ['disk', 'keyring', 'none'],
    aliases: ['token-cache-storage'],
    help: 'Where the refresh token is kept: disk (a file of mode 0600), keyring (secret-tool, security or pass, whichever is there; else a file, with a warning), or none (nothing is kept: each token is a login). If not set, where it is, else disk',
  },
  kubeconfig: { type: 'string', values: 'files', help: 'Path to the kubeconfig file to use' },
  context: { type: 'string', values: 'contexts', help: 'The name of the kubeconfig context to use' },
  cluster: {
    type: 'string',
    values: 'clusters',
    help: 'The name of a kubeconfig cluster: the first context that leads to it is used',
  },
  server: {
    type: 'string',
    help: "The address of a cluster's API server: the first context that leads to it is used",
  },
};

/** Whose certificate the identity provider may have. */
export const trustFlags: Readonly<Record<string, FlagSpec>> = {
  'certificate-authority': {
    type: 'string',
    values: 'files',
    help: "Path to a PEM file with the identity provider's certificate authority. If not set, the system's are trusted",
  },
  'certificate-authority-data': { type: 'string', help: 'The same, as base64 of the PEM text' },
};

/** How a person logs in. */
export const loginFlags: Readonly<Record<string, FlagSpec>> = {
  flow: {
    type: 'string',
    default: 'auto',
    values: flowNames,
    aliases: [{ name: 'grant-type', read: flowOfGrantType }],
    help: 'How to log in: browser (on this machine), paste (a browser elsewhere, whose last address is pasted), device-code (a code that is entered elsewhere), client-credentials (nobody signs in: a program acts for itself), or auto: what fits here',
  },
  'listen-port': {
    type: 'string',
    default: '0',
    aliases: [{ name: 'listen-address', read: portOfAddress }],
    help: 'Port on 127.0.0.1 that waits for the browser; 0 takes a free one',
  },
  'skip-open-browser': { type: 'boolean', default: 'false', help: 'Only print the URL' },
  'browser-command': {
    type: 'string',
    help: 'Browser to start with the URL as its last argument, or in place of %s',
  },
  'client-secret-file': {
    type: 'string',
    values: 'files',
    help: "With --flow=client-credentials: path to a file with the client's secret",
  },
  'client-assertion-file': {
    type: 'string',
    values: 'files',
    help: 'With --flow=client-credentials: path to a file with a token that says who the client is, as of a projected volume',
  },
  timeout: {
    type: 'string',
    default: '180s',
    aliases: [{ name: 'authentication-timeout-sec', read: (seconds) => `${seconds}s` }],
    help: 'How long to wait for the login',
  },
};

export const browserCommandFlag = loginFlags['browser-command'] as FlagSpec;

export const outputFlagSpec: FlagSpec = {
  type: 'string',
  short: 'o',
  values: ['json', 'yaml'],
  help: 'Output format. One of: (json, yaml)',
};

/** kubelogin names an address to listen on; ours is always 127.0.0.1. */
function portOfAddress(address: string): string {
  return /^(?:127\.0\.0\.1|localhost):(\d+)$/.exec(address)?.[1] ?? address;
}
