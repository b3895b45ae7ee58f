import type { Flags } from '../flags.ts';
import { listFlag, textFlag } from '../flags.ts';
import type { EntryEdit } from './edit-kubeconfig.ts';
import { type Fields, fields, isName } from './kubeconfig-files.ts';
import { type ContextEntry, readLoginArgs } from './read-context.ts';
import { type ExecInput, execConfig } from './render-kubeconfig.ts';

export interface ConvertedUser {
  readonly user: string;
  /** What it was: `kubelogin`, or `auth-provider oidc` (gangway and its like). */
  readonly from: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Whether a secret or tokens have been left out. */
  readonly hadSecrets: boolean;
  readonly edit: EntryEdit;
}

/** The users of these contexts that another OpenID Connect plugin logs in, with our exec entry in the place of theirs. */
export function convertUsers(contexts: readonly ContextEntry[], command: string): readonly ConvertedUser[] {
  const users = new Map(contexts.map((context) => [context.user, context.userFields]));
  return [...users].flatMap(([user, userFields]) => {
    const found = ofKubelogin(userFields) ?? ofAuthProvider(userFields);
    if (found === undefined) return [];
    const { from, hadSecrets, ...input } = found;
    const exec = execConfig({ ...input, command });
    return [
      {
        user,
        from,
        issuer: input.issuerUrl,
        clientId: input.clientId,
        hadSecrets,
        edit: { list: 'users', name: user, members: { exec, 'auth-provider': undefined } },
      } as const,
    ];
  });
}

type Found = Omit<ExecInput, 'command'> & Pick<ConvertedUser, 'from' | 'hadSecrets'>;

/** int128/kubelogin, by whatever name it is called: its own command is `get-token` with `--oidc-issuer-url`. */
function ofKubelogin(user: Fields): Found | undefined {
  const args = fields(user['exec'])?.['args'];
  if (!Array.isArray(args) || !args.includes('get-token')) return undefined;
  const texts = args.filter((arg): arg is string => typeof arg === 'string');
  if (!texts.some((arg) => arg.startsWith('--oidc-issuer-url'))) return undefined;
  // A program's, with a secret in it: nobody could sign in for it.
  if (texts.some((arg) => arg.endsWith('client-credentials'))) return undefined;
  const flags = readLoginArgs(texts);
  const issuerUrl = textFlag(flags, 'issuer');
  if (issuerUrl === undefined) return undefined;
  return {
    from: 'kubelogin',
    issuerUrl,
    clientId: textFlag(flags, 'client-id') ?? '',
    ...usefulScopes(listFlag(flags, 'extra-scope')),
    ...authorityOf(flags),
    hadSecrets: texts.some((arg) => arg.startsWith('--oidc-client-secret')),
  };
}

/** What client-go had built in, and portals such as gangway still hand out, tokens included. */
function ofAuthProvider(user: Fields): Found | undefined {
  const provider = fields(user['auth-provider']);
  const config = fields(provider?.['config']);
  if (provider?.['name'] !== 'oidc' || config === undefined || !isName(config['idp-issuer-url']))
    return undefined;
  const scopes = isName(config['extra-scopes']) ? config['extra-scopes'].split(',') : [];
  const file = config['idp-certificate-authority'];
  const data = config['idp-certificate-authority-data'];
  return {
    from: 'auth-provider oidc',
    issuerUrl: config['idp-issuer-url'],
    clientId: isName(config['client-id']) ? config['client-id'] : '',
    ...usefulScopes(scopes),
    ...authorityOf({
      ...(isName(file) ? { 'certificate-authority': file } : {}),
      ...(isName(data) ? { 'certificate-authority-data': data } : {}),
    }),
    hadSecrets: ['client-secret', 'id-token', 'refresh-token'].some((name) => isName(config[name])),
  };
}

function authorityOf(
  flags: Flags,
): Pick<ExecInput, 'issuerCertificateAuthorityData' | 'issuerCertificateAuthorityFile'> {
  const file = textFlag(flags, 'certificate-authority');
  const data = textFlag(flags, 'certificate-authority-data');
  return {
    ...(file === undefined ? {} : { issuerCertificateAuthorityFile: file }),
    ...(data === undefined
      ? {}
      : { issuerCertificateAuthorityData: Buffer.from(data, 'base64').toString('utf8') }),
  };
}

/** Without those that we ask for anyway: the cache of a login is found by the others. */
function usefulScopes(scopes: readonly string[]): Pick<ExecInput, 'extraScopes'> {
  const usual = ['openid', 'email', 'profile', 'groups', 'offline_access'];
  const extraScopes = scopes
    .map((scope) => scope.trim())
    .filter((scope) => scope !== '' && !usual.includes(scope));
  return extraScopes.length === 0 ? {} : { extraScopes };
}
