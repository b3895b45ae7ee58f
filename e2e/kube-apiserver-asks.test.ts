import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { createCertificateAuthority, signServingCertificate } from '../src/certificates/index.ts';
import { readMarkdown } from '../test/docs/markdown.ts';
import { freePort } from './support/free-port.ts';
import { type KubeApiServer, startKubeApiServer } from './support/kube-apiserver.ts';
import { run } from './support/kubectl.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { webhookDocuments } from './support/webhook-documents.ts';

const WEBHOOK_TOKEN = 'b2f7c0ffee'.repeat(6);
/** kube-apiserver's files in the documents. */
const PLACE = '/etc/kubernetes/sallyport/';
const issuerGuide = readMarkdown('docs/how-to/api-server-issuer.md').blocks;

/** Set up by the files of two guides, in which only places are changed. Optional: the tests' start says when it is missing. */
describe.skipIf(inject('kubeApiServer') === '')('a real kube-apiserver that takes our word for it', () => {
  let api: KubeApiServer;
  let sallyport: Sallyport;
  let issuer: string;
  let ca: string;

  beforeAll(async () => {
    api = await startKubeApiServer(inject('kubeApiServer'), inject('etcd'));
    const authority = await createCertificateAuthority(new Date(), 'a CA of the test');
    const own = await signServingCertificate(authority, ['127.0.0.1'], new Date());
    ca = authority.certificate;
    const port = await freePort();
    issuer = `https://127.0.0.1:${port}`;
    const webhooks = webhookDocuments.gateway.split('\n').slice(2).join('\n');
    const tokens = `apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer: { url: '${issuer}', audiences: [kubectl] }
    claimMappings: { username: { claim: preferred_username, prefix: '' }, groups: { claim: groups, prefix: '' } }
`;
    sallyport = await startSallyport(
      (config) =>
        config
          .replace(/^issuer: .*$/m, `issuer: ${issuer}\noauth2: { passwordConnector: local }`)
          .replace(/^ {2}http: .*$/m, `  https: 127.0.0.1:${port}\n  tlsCert: tls.crt\n  tlsKey: tls.key`)
          .replace('  target: embedded\n', `${webhooks}\n  target: embedded\n`),
      {
        files: {
          'tls.crt': own.certificate,
          'tls.key': own.privateKey,
          'config/webhook.token': `${WEBHOOK_TOKEN}\n`,
          'config/demo/authentication.yaml': tokens,
        },
      },
    );
    await copyIn('ca.crt', await readFile(join(sallyport.dataDir, 'ca.crt'), 'utf8'));
    await copyIn('webhook.token', `${WEBHOOK_TOKEN}\n`);
  });

  afterAll(async () => {
    await sallyport?.dispose();
    await api?.stop();
  });

  /** Puts a document's file where kube-apiserver finds it here, and what it names with it. */
  async function copyIn(name: string, text: string): Promise<void> {
    const here = text
      .replaceAll(PLACE, `${api.directory}/`)
      .replaceAll('https://kube.example.com:8443', sallyport.gateway);
    await writeFile(join(api.directory, basename(name)), here, { mode: 0o600 });
  }

  const flagsOf = (text: string) => text.replaceAll(PLACE, `${api.directory}/`).split('\n');

  async function idToken(username: string): Promise<string> {
    const dispatcher = new Agent({ connect: { ca } });
    const { body } = await request(`${issuer}/token`, {
      method: 'POST',
      dispatcher,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        ...{ grant_type: 'password', client_id: 'kubectl', username, password: 'password' },
        scope: 'openid groups',
      }).toString(),
    });
    const { id_token: token } = (await body.json()) as { id_token: string };
    await dispatcher.destroy();
    return token;
  }

  async function kubectl(token: string, command: string): Promise<string> {
    const file = join(api.directory, 'kubeconfig');
    await writeFile(file, api.kubeconfig(token), { mode: 0o600 });
    const env = { ...process.env, KUBECONFIG: file };
    const { stdout, stderr } = await run(inject('kubectl')['1.35'], command.split(' '), env);
    return stdout + stderr;
  }

  const whoami = 'auth whoami -o jsonpath={.status.userInfo.username}={.status.userInfo.groups}';
  const JANE = 'jane=["developers","system:authenticated"]';

  it('asks the webhooks of docs/how-to/webhooks.md who it is and what they may do', async () => {
    const { authentication, authorization, configuration, flags } = webhookDocuments;
    await copyIn('authentication.kubeconfig', stringify(authentication));
    await copyIn('authorization.kubeconfig', stringify(authorization));
    await copyIn('authorization.yaml', stringify(configuration));
    const [first = ''] = readMarkdown('docs/how-to/webhooks.md')
      .blocks.filter(({ language }) => language === 'text')
      .map(({ text }) => text);
    expect(flags.size).toBeGreaterThan(first.split('\n').length);
    await api.restart(flagsOf(first));

    const jane = await idToken('jane');
    expect(await kubectl(jane, whoami)).toBe(JANE);
    expect(await kubectl(jane, 'get pods -n dev')).toBe('No resources found in dev namespace.\n');
    expect(await kubectl(jane, 'get pods -n kube-system')).toMatch(
      /^Error from server \(Forbidden\): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "kube-system"\n$/,
    );
    expect(await kubectl(await idToken('bob@example.com'), 'auth can-i list pods -n dev')).toBe('no\n');
    expect(await kubectl(`${jane}x`, whoami)).toMatch(/Unauthorized|must be logged in/);
    // What its own RBAC allows is not asked for.
    expect(await kubectl('admin', 'get pods -n kube-system')).toContain('No resources found');
  });

  it('verifies tokens itself, with the file of docs/how-to/api-server-issuer.md', async () => {
    const [file, flag] = issuerGuide;
    const [head = '', tail = ''] = (file?.text ?? '').split(
      / {8}-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/,
    );
    expect(tail).toContain('claimMappings');
    const certificate = ca.trim().replaceAll(/^/gm, '        ');
    await copyIn('jwt.yaml', `${head}${certificate}\n${tail}`.replace('https://id.example.com', issuer));
    await api.restart([...flagsOf(flag?.text ?? ''), '--authorization-mode=RBAC']);

    const jane = await idToken('jane');
    expect(await kubectl(jane, whoami)).toBe(JANE);
    expect(await kubectl(jane, 'get pods -n dev')).toContain('User "jane" cannot list resource "pods"');
    expect(await kubectl(`${jane}x`, whoami)).toMatch(/Unauthorized|must be logged in/);
  });
});
