import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { Credentials } from './credentials.ts';
import { isFields, type KubeconfigContext, textField } from './kubeconfig.ts';
import { CredentialError, KubeconfigError } from './kubeconfig-errors.ts';

/** What running a credential plugin needs of the process. */
export interface ExecHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: { write(text: string): unknown };
  /** Whether a person is at standard input. */
  readonly interactive: boolean;
  /** How long a plugin may take, in milliseconds; as long as it likes when absent (somebody may be signing in). */
  readonly timeoutMs?: number;
}

/** Source: client-go plugin/pkg/client/auth/exec and pkg/apis/clientauthentication. */
const API_VERSIONS: readonly unknown[] = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
];
const MAXIMUM_OUTPUT = 1 << 20;

/**
 * Runs the user's credential plugin as kubectl does. What the plugin says on standard error is passed on.
 * @throws KubeconfigError for a wrong exec section; CredentialError when the plugin is missing, fails or answers nonsense
 */
export async function runExecPlugin(context: KubeconfigContext, host: ExecHost): Promise<Credentials> {
  const exec = context.user.fields['exec'];
  const fields = isFields(exec) ? exec : {};
  const apiVersion = fields['apiVersion'];
  const command = textField(fields, 'command');
  if (command === undefined || !API_VERSIONS.includes(apiVersion)) {
    throw new KubeconfigError(
      `the exec section of the kubeconfig's user "${context.userName}" needs a command and an apiVersion out of ${API_VERSIONS.join(', ')}`,
    );
  }
  const mode = textField(fields, 'interactiveMode') ?? 'IfAvailable';
  if (mode === 'Always' && !host.interactive) {
    throw new CredentialError(`${command} asks for a terminal (interactiveMode Always), and there is none`);
  }
  const interactive = host.interactive && mode !== 'Never';
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive,
      ...(fields['provideClusterInfo'] === true ? { cluster: clusterInfo(context) } : {}),
    },
  };
  const output = await run(
    // A path is relative to the kubeconfig; a bare name is looked up in PATH.
    command.includes('/') ? resolve(context.user.directory, command) : command,
    strings(fields['args']),
    { ...host.env, ...pluginEnv(fields['env']), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    { interactive, host, installHint: textField(fields, 'installHint') },
  );
  return readExecCredential(output, command, apiVersion);
}

/** The spec.cluster that provideClusterInfo asks for. */
function clusterInfo({ cluster }: KubeconfigContext): object {
  const { fields } = cluster;
  return Object.fromEntries(
    ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority-data', 'proxy-url']
      .filter((name) => fields[name] !== undefined)
      .map((name) => [name, fields[name]]),
  );
}

function pluginEnv(value: unknown): Record<string, string> {
  const entries = Array.isArray(value) ? value.filter(isFields) : [];
  return Object.fromEntries(entries.map((entry) => [String(entry['name']), String(entry['value'] ?? '')]));
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

interface RunOptions {
  readonly interactive: boolean;
  readonly host: ExecHost;
  readonly installHint: string | undefined;
}

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { interactive, host: { stderr, timeoutMs }, installHint }: RunOptions,
): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      env,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > MAXIMUM_OUTPUT) child.kill();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.write(text));
    child.once('error', (error: NodeJS.ErrnoException) => {
      const hint = installHint === undefined ? '' : `\n${installHint}`;
      failed(new CredentialError(`cannot run the credential plugin ${command}: ${error.code}${hint}`));
    });
    child.once('close', (code, signal) => {
      if (code === 0) done(output);
      else failed(new CredentialError(`the credential plugin ${command} failed with ${code ?? signal}`));
    });
  });
}

/** @throws CredentialError; never with what the plugin printed, which may be a token */
function readExecCredential(output: string, command: string, apiVersion: unknown): Credentials {
  const nonsense = (problem: string) => new CredentialError(`the credential plugin ${command} ${problem}`);
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    throw nonsense('did not print an ExecCredential in JSON');
  }
  if (!isFields(value) || value['kind'] !== 'ExecCredential' || value['apiVersion'] !== apiVersion) {
    throw nonsense(`did not print an ExecCredential of ${String(apiVersion)}`);
  }
  const status = isFields(value['status']) ? value['status'] : {};
  const token = textField(status, 'token');
  const cert = textField(status, 'clientCertificateData');
  const key = textField(status, 'clientKeyData');
  if (token === undefined && (cert === undefined || key === undefined)) {
    throw nonsense('gave neither a token nor a client certificate with its key');
  }
  const expiresAt = Date.parse(textField(status, 'expirationTimestamp') ?? '');
  return {
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(Number.isNaN(expiresAt) ? {} : { expiresAt }),
  };
}
