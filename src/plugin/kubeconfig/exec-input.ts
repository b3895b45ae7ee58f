import { readFile } from 'node:fs/promises';
import type { FlagSpec } from '../command-spec.ts';
import { errorCode, exitCode, PluginError } from '../exit.ts';
import { type Flags, textFlag } from '../flags.ts';
import type { PluginDeps } from '../invocation.ts';
import type { Target } from '../target.ts';
import { ownProgram } from './own-program.ts';
import type { ExecInput } from './render-kubeconfig.ts';

/** What a context is made of. */
export const contextFlags: Readonly<Record<string, FlagSpec>> = {
  command: {
    type: 'string',
    help: 'What the kubeconfig runs for a token. If not set, the path of this program (Windows: its name); kubectl-sallyport makes a file for everybody who has it on the PATH',
  },
  'server-certificate-authority': {
    type: 'string',
    values: 'files',
    help: "Path to a PEM file with the certificate authority of --server. If not set, the system's are trusted",
  },
  'keep-context': { type: 'boolean', default: 'false', help: 'Leave the current context as it is' },
};

/** The exec entry that logs in to the target. The authority of a private issuer comes along. */
export async function execInputFor(
  target: Target,
  flags: Flags,
  { platform }: Pick<PluginDeps, 'platform'>,
): Promise<ExecInput> {
  const { file, data } = target.trust;
  const authority =
    data === undefined
      ? await readAuthority('certificate-authority', file)
      : Buffer.from(data, 'base64').toString('utf8');
  return {
    issuerUrl: target.issuer,
    clientId: target.clientId,
    extraScopes: target.extraScopes,
    command: textFlag(flags, 'command') ?? ownProgram(platform),
    ...(authority === undefined ? {} : { issuerCertificateAuthorityData: authority }),
  };
}

/** The PEM text of the file that a flag names. Throws PluginError (usage). */
export async function readAuthority(flag: string, file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PluginError(exitCode.usage, `cannot read --${flag} ${file}: ${errorCode(error)}`);
  }
}
