import { readFile } from 'node:fs/promises';
import { errorCode, exitCode, PluginError } from '../exit.ts';
import { type Flags, textFlag } from '../flags.ts';
import type { IssuerMetadata } from '../issuer.ts';
import type { Target } from '../target.ts';
import { redeemClientCredentials } from '../token-endpoint.ts';
import { acceptTokens, type Login } from './accept-tokens.ts';
import type { LoginDeps } from './log-in.ts';

/** How a program proves which client it is: by what is in a file, which is read anew each time. */
export interface ClientProof {
  readonly kind: 'secret' | 'assertion';
  readonly file: string;
}

/** The proof that the flags name; undefined when they name none. Throws PluginError (usage) for two. */
export function clientProof(flags: Flags): ClientProof | undefined {
  const secret = textFlag(flags, 'client-secret-file');
  const assertion = textFlag(flags, 'client-assertion-file');
  if (secret !== undefined && assertion !== undefined) {
    throw new PluginError(
      exitCode.usage,
      'give one of --client-secret-file and --client-assertion-file, not both',
    );
  }
  if (secret !== undefined) return { kind: 'secret', file: secret };
  return assertion === undefined ? undefined : { kind: 'assertion', file: assertion };
}

/**
 * A token for a program that acts for itself (RFC 6749 §4.4): nobody signs in, and nothing is refreshed. Throws PluginError:
 * usage without a proof, notLoggedIn when the issuer does not take it, unreachable.
 */
export async function logInAsClient(
  target: Target,
  metadata: IssuerMetadata,
  proof: ClientProof | undefined,
  deps: LoginDeps,
): Promise<Login> {
  if (proof === undefined) {
    throw new PluginError(
      exitCode.usage,
      '--flow=client-credentials needs --client-secret-file or --client-assertion-file',
    );
  }
  const scope = [...new Set(['openid', 'profile', 'groups', ...target.extraScopes])].join(' ');
  const endpoint = { metadata, clientId: target.clientId, send: deps.send };
  const answer = await redeemClientCredentials(endpoint, { ...proof, value: await read(proof), scope });
  if (answer.kind === 'refused') {
    throw new PluginError(
      exitCode.notLoggedIn,
      `not logged in: ${target.issuer} does not take the client ${target.clientId}, ${answer.reason}`,
    );
  }
  return acceptTokens(answer, { target, metadata }, deps);
}

async function read({ kind, file }: ClientProof): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new PluginError(exitCode.usage, `cannot read --client-${kind}-file ${file}: ${errorCode(error)}`);
  }
}
