import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CredentialError, runExecPlugin } from '../../src/kubeconfig/index.ts';
import { folder } from '../cli/support/folder.ts';

const V1 = 'client.authentication.k8s.io/v1';

function credential(status: object, apiVersion = V1): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, status });
}

async function runPlugin(script: string, exec: object = {}, interactive = false) {
  const directory = folder({ 'plugin.sh': `#!/bin/sh\n${script}\n` });
  let said = '';
  const context = {
    name: 'here',
    namespace: undefined,
    userName: 'u',
    cluster: { directory, fields: { server: 'https://example.com', 'certificate-authority-data': 'QQ==' } },
    user: { directory, fields: { exec: { command: './plugin.sh', apiVersion: V1, ...exec } } },
  };
  const stderr = {
    write: (text: string) => {
      said += text;
    },
  };
  const env = { PATH: process.env['PATH'], OUT: join(directory, 'out') };
  const outcome = await runExecPlugin(context, { env, stderr, interactive }).catch((error: unknown) => error);
  return { outcome, said: () => said, info: () => JSON.parse(readFileSync(join(directory, 'out'), 'utf8')) };
}

describe('a credential plugin', () => {
  it.each([V1, 'client.authentication.k8s.io/v1beta1'])('gives a token, in %s', async (apiVersion) => {
    const { outcome } = await runPlugin(`echo '${credential({ token: 't' }, apiVersion)}'`, { apiVersion });
    expect(outcome).toEqual({ token: 't' });
  });

  it('gives a client certificate', async () => {
    const status = { clientCertificateData: 'C', clientKeyData: 'K' };
    expect((await runPlugin(`echo '${credential(status)}'`)).outcome).toEqual({ cert: 'C', key: 'K' });
  });

  it('gets arguments, its own variables, and what kubectl tells it', async () => {
    const script = `echo "$KUBERNETES_EXEC_INFO" > "$OUT"; echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"${V1}\\",\\"status\\":{\\"token\\":\\"$1-$COLOUR\\"}}"`;
    const exec = { args: ['one'], env: [{ name: 'COLOUR', value: 'red' }], provideClusterInfo: true };
    const { outcome, info } = await runPlugin(script, exec);
    expect(outcome).toEqual({ token: 'one-red' });
    expect(info()).toEqual({
      apiVersion: V1,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: { server: 'https://example.com', 'certificate-authority-data': 'QQ==' },
      },
    });
  });

  it('has its words passed on, and its failure reported', async () => {
    const { outcome, said } = await runPlugin('echo "please log in" >&2; exit 3');
    expect(said()).toBe('please log in\n');
    expect(outcome).toBeInstanceOf(CredentialError);
    expect(String(outcome)).toMatch(/the credential plugin .*plugin\.sh failed with 3/);
  });

  it('that is missing is reported with the hint of how to install it', async () => {
    const { outcome } = await runPlugin('', { command: 'no-such-plugin', installHint: 'Get it there.' });
    expect(String(outcome)).toContain(
      'cannot run the credential plugin no-such-plugin: ENOENT\nGet it there.',
    );
  });

  it.each([
    ['no JSON', 'echo secret-token', 'did not print an ExecCredential in JSON'],
    [
      'another version',
      `echo '${credential({ token: 'secret-token' }, 'v2')}'`,
      `did not print an ExecCredential of ${V1}`,
    ],
    [
      'nothing of use',
      `echo '${credential({ clientCertificateData: 'secret-token' })}'`,
      'gave neither a token nor',
    ],
  ])('that prints %s is refused without repeating it', async (_, script, message) => {
    const { outcome } = await runPlugin(script);
    expect(outcome).toBeInstanceOf(CredentialError);
    expect(String(outcome)).toContain(message);
    expect(String(outcome)).not.toContain('secret-token');
  });

  it('that needs a terminal is not started without one', async () => {
    const { outcome } = await runPlugin('exit 0', { interactiveMode: 'Always' });
    expect(String(outcome)).toContain('asks for a terminal');
  });
});
