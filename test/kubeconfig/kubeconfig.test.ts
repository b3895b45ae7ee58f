import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionOf, KubeconfigError, readKubeconfigContext } from '../../src/kubeconfig/index.ts';
import { folder } from '../cli/support/folder.ts';
import { kubeconfig } from '../cli/support/kubeconfig.ts';

const HOST = { env: {}, stderr: { write: () => undefined }, interactive: false };

async function connection(user: object, cluster: object = {}, files: Record<string, string> = {}) {
  const path = folder({
    ...files,
    config: kubeconfig('https://example.com:6443/k8s/', { ...user }, { ...cluster }),
  });
  const context = await readKubeconfigContext({ file: join(path, 'config'), context: undefined, env: {} });
  return connectionOf(context, HOST);
}

describe('the kubeconfig', () => {
  it('is --kubeconfig alone, when given', async () => {
    const path = folder({ a: kubeconfig('https://a'), b: kubeconfig('https://b') });
    const env = { KUBECONFIG: join(path, 'b') };
    const context = await readKubeconfigContext({ file: join(path, 'a'), context: undefined, env });
    expect(context).toMatchObject({ name: 'here', namespace: 'dev', userName: 'u' });
    expect(context.cluster.fields['server']).toBe('https://a');
  });

  it('is the files of KUBECONFIG, the first that sets a value wins, missing ones do not matter', async () => {
    const path = folder({
      a: 'current-context: there\nclusters: [{name: c, cluster: {server: "https://first"}}]\n',
      b: kubeconfig('https://second'),
      c: 'contexts: [{name: there, context: {cluster: c, user: u}}]',
    });
    const env = { KUBECONFIG: ['missing', 'a', 'b', 'c'].map((name) => join(path, name)).join(delimiter) };
    const context = await readKubeconfigContext({ file: undefined, context: undefined, env });
    expect(context).toMatchObject({ name: 'there', namespace: undefined });
    expect(context.cluster.fields['server']).toBe('https://first');
    const other = await readKubeconfigContext({ file: undefined, context: 'here', env });
    expect(other).toMatchObject({ name: 'here', namespace: 'dev' });
  });

  it('is ~/.kube/config otherwise', async () => {
    const path = folder({ '.kube/config': kubeconfig('https://home') });
    const context = await readKubeconfigContext({ file: undefined, context: undefined, env: { HOME: path } });
    expect(context.cluster.fields['server']).toBe('https://home');
  });

  it.each([
    ['no file', {}, undefined, /no kubeconfig: .*config does not exist; give --kubeconfig FILE, or -f FILE/],
    ['no context', { '.kube/config': '{}' }, undefined, /has no current context; choose one with --context/],
    ['another context', { '.kube/config': kubeconfig('https://a') }, 'x', /no context "x"; there is here/],
    [
      'no cluster',
      { '.kube/config': 'contexts: [{name: x, context: {user: u}}]' },
      'x',
      /"x".*names no cluster/,
    ],
    [
      'an unknown user',
      { '.kube/config': 'contexts: [{name: x, context: {cluster: c, user: u}}]\nclusters: [{name: c}]' },
      'x',
      /no user "u"; there is none/,
    ],
    ['text', { '.kube/config': 'token: "secret' }, undefined, /config is not YAML$/],
    ['a list', { '.kube/config': '[]' }, undefined, /is not an object$/],
  ])('with %s is a usage error that says what is wrong', async (_, files, context, message) => {
    const path = folder(files as Record<string, string>);
    const read = readKubeconfigContext({ file: undefined, context, env: { HOME: path } });
    await expect(read).rejects.toThrow(KubeconfigError);
    await expect(read).rejects.toThrow(message);
  });

  it('must exist when named', async () => {
    const read = readKubeconfigContext({ file: '/nonexistent/k', context: undefined, env: {} });
    await expect(read).rejects.toThrow('cannot read the kubeconfig /nonexistent/k: ENOENT');
  });
});

describe('the connection', () => {
  it('keeps the path of the server, without its last slash', async () => {
    expect((await connection({})).endpoint.server).toBe('https://example.com:6443/k8s');
  });

  it('takes tokens and files, relative to the kubeconfig', async () => {
    const files = { 'token.txt': 'from-file\n', 'ca.pem': 'CA', 'c.pem': 'CERT', 'k.pem': 'KEY' };
    expect(await connection({ token: 'plain' })).toMatchObject({ credentials: { token: 'plain' } });
    expect(await connection({ token: 'plain', tokenFile: 'token.txt' }, {}, files)).toMatchObject({
      credentials: { token: 'from-file' },
    });
    const user = { 'client-certificate': 'c.pem', 'client-key': 'k.pem' };
    expect(await connection(user, { 'certificate-authority': 'ca.pem' }, files)).toMatchObject({
      endpoint: { tls: { ca: 'CA', rejectUnauthorized: true } },
      credentials: { token: undefined, cert: 'CERT', key: 'KEY' },
    });
  });

  it('takes data rather than files', async () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const user = {
      'client-certificate': 'x',
      'client-certificate-data': base64('C'),
      'client-key-data': base64('K'),
    };
    const cluster = { 'certificate-authority-data': base64('A'), 'tls-server-name': 'api.internal' };
    const { endpoint, credentials } = await connection(user, cluster);
    expect(endpoint.tls).toEqual({ ca: 'A', rejectUnauthorized: true, servername: 'api.internal' });
    expect(credentials).toEqual({ token: undefined, cert: 'C', key: 'K' });
  });

  it('trusts any certificate only when told so', async () => {
    const { endpoint } = await connection({}, { 'insecure-skip-tls-verify': true });
    expect(endpoint.tls.rejectUnauthorized).toBe(false);
  });

  it.each([
    [{ 'auth-provider': { name: 'gcp' } }, {}, /user "u" has auth-provider, which is not served/],
    [{ username: 'x', password: 'hunter2' }, {}, /has username, which is not served/],
    [{ as: 'root' }, {}, /has as, which is not served/],
    [{ tokenFile: 'missing' }, {}, /cannot read tokenFile of "u" in the kubeconfig: .*missing: ENOENT/],
    [{}, { server: 'ftp://x' }, /context "here" has no usable server URL/],
    [
      { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' } },
      {},
      /needs a command and an apiVersion/,
    ],
  ])('refuses %o %o', async (user, cluster, message) => {
    const made = connection(user, cluster);
    await expect(made).rejects.toThrow(KubeconfigError);
    await expect(made).rejects.toThrow(message);
    await expect(made).rejects.not.toThrow(/hunter2/);
  });
});
