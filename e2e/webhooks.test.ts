import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { basename, join } from 'node:path';
import { Environment } from '@marcbachmann/cel-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyObject } from '../src/rbac/index.ts';
import { corpusJson, corpusLines, withoutAggregation } from '../test/rbac/corpus.ts';
import { askGateway } from './support/gateway-request.ts';
import { getIdToken } from './support/id-token.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { type WebhookKubeconfig, webhookDocuments } from './support/webhook-documents.ts';

const WEBHOOK_TOKEN = 'b2f7c0ffee'.repeat(6);
const AUDIT_POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: RequestResponse }]\n';
const { authentication, authorization, configuration, flags } = webhookDocuments;

interface RecordedReview {
  readonly spec: object;
  readonly status: { readonly allowed: boolean };
}

/** kube-apiserver's place in this: it has read the document's files, and asks as they say. */
function openApiServer(sallyport: Sallyport) {
  /** The document's paths and host name, here. */
  const here = (path: string) =>
    basename(path) === 'ca.crt'
      ? join(sallyport.dataDir, 'ca.crt')
      : join(sallyport.directory, 'config', basename(path));

  function post(kubeconfig: WebhookKubeconfig, timeout: string, body: object) {
    const { context } = kubeconfig.contexts.find(({ name }) => name === kubeconfig['current-context']) ?? {};
    const cluster = kubeconfig.clusters.find(({ name }) => name === context?.cluster)?.cluster;
    const user = kubeconfig.users.find(({ name }) => name === context?.user)?.user;
    if (cluster === undefined || user === undefined) throw new Error('the kubeconfig leads nowhere');
    const server = cluster.server.replace('https://kube.example.com:8443', sallyport.gateway);
    // Go's client takes HTTP/2 where it is offered.
    const ca = readFileSync(here(cluster['certificate-authority']));
    const token = readFileSync(here(user.tokenFile), 'utf8').trim();
    const { origin, pathname } = new URL(server);
    const session = connect(origin, { ca });
    return new Promise<{ status: number; body: { apiVersion: string; status: object } }>((done, failed) => {
      session.on('error', failed);
      const asked = session.request({
        ':method': 'POST',
        ':path': `${pathname}?timeout=${timeout}`,
        accept: 'application/json, */*',
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
      });
      let status = 0;
      let received = '';
      asked.on('response', (headers) => {
        status = headers[':status'] ?? 0;
      });
      asked.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
      });
      asked.on('end', () => done({ status, body: JSON.parse(received) })).on('error', failed);
      asked.end(JSON.stringify(body));
    }).finally(() => session.close());
  }

  const webhook = configuration.authorizers.find(({ type }) => type === 'Webhook')?.webhook;
  if (webhook === undefined) throw new Error('the document configures no webhook');
  return {
    webhook,
    async tokenReview(spec: object, version = flags.get('--authentication-token-webhook-version') ?? '') {
      const answer = await post(authentication, '30s', {
        kind: 'TokenReview',
        apiVersion: `authentication.k8s.io/${version}`,
        metadata: { creationTimestamp: null },
        spec,
        status: { user: {} },
      });
      expect([answer.status, answer.body.apiVersion]).toEqual([200, `authentication.k8s.io/${version}`]);
      return answer.body.status;
    },
    async accessReview(spec: object, version = webhook.subjectAccessReviewVersion) {
      const answer = await post(authorization, webhook.timeout, {
        kind: 'SubjectAccessReview',
        apiVersion: `authorization.k8s.io/${version}`,
        metadata: { creationTimestamp: null },
        spec,
        status: { allowed: false },
      });
      expect([answer.status, answer.body.apiVersion]).toEqual([200, `authorization.k8s.io/${version}`]);
      return answer.body.status;
    },
  };
}

describe("a cluster's own API server, configured as docs/how-to/webhooks.md says", () => {
  let sallyport: Sallyport;
  let server: ReturnType<typeof openApiServer>;
  let jane: string;
  let admin: string;

  const { objects } = corpusJson<{ objects: PolicyObject[] }>('rbac-policy-1.json');
  // The recorded server had none of Kubernetes' default roles, which let everybody see its health and discovery.
  const recorded = corpusLines<RecordedReview>('rbac-decisions-1.jsonl')
    .filter(({ spec }) => 'resourceAttributes' in spec)
    .filter((_, index) => index % 10 === 0);

  beforeAll(async () => {
    const webhooks = webhookDocuments.gateway.split('\n').slice(2).join('\n');
    const list = { apiVersion: 'v1', kind: 'List', items: objects.map(withoutAggregation) };
    sallyport = await startSallyport(
      (config) =>
        config
          .replace(
            '  target: embedded\n',
            `${webhooks}\n  audit: { policyFile: audit.yaml, log: { path: audit.log } }\n  target: embedded\n`,
          )
          .replace('manifests: [demo/rbac]', 'manifests: [demo/rbac, recorded.json]')
          .replace('gateway:\n', 'logger: { level: debug }\ngateway:\n'),
      {
        files: {
          'config/webhook.token': `${WEBHOOK_TOKEN}\n`,
          'config/audit.yaml': AUDIT_POLICY,
          'config/recorded.json': JSON.stringify(list),
        },
      },
    );
    server = openApiServer(sallyport);
    jane = await getIdToken(sallyport, 'jane');
    admin = await getIdToken(sallyport, 'admin@example.com');
  });

  afterAll(async () => {
    await sallyport?.dispose();
  });

  it('learns who a person is from her ID token', async () => {
    const audiences = ['https://kubernetes.default.svc.cluster.local'];
    const status = {
      authenticated: true,
      user: { username: 'jane', groups: ['developers', 'system:authenticated'] },
    };
    expect(await server.tokenReview({ token: jane, audiences })).toEqual({ ...status, audiences });
    expect(await server.tokenReview({ token: jane }, 'v1beta1')).toEqual(status);
  });

  it.each([
    ['garbage', () => 'garbage'],
    ['a changed token', () => `${jane.slice(0, -8)}AAAAAAAA`],
    ['its own token', () => WEBHOOK_TOKEN],
  ])('learns nothing from %s, not even why', async (_name, token) => {
    expect(await server.tokenReview({ token: token() })).toEqual({ authenticated: false });
  });

  it('does not take the token for another audience', async () => {
    expect(await server.tokenReview({ token: jane, audiences: ['vault'] })).toEqual({ authenticated: false });
  });

  it('learns what jane may do', async () => {
    const spec = {
      user: 'jane',
      groups: ['developers', 'system:authenticated'],
      resourceAttributes: { namespace: 'dev', verb: 'list', version: 'v1', resource: 'pods' },
    };
    const reason =
      'RBAC: allowed by RoleBinding "developers/dev" of ClusterRole "edit" to Group "developers"';
    expect(await server.accessReview(spec)).toEqual({ allowed: true, denied: false, reason });
    expect(await server.accessReview({ ...spec, groups: [] })).toEqual({ allowed: false, denied: false });
    expect(webhookDocuments.answer).toContain(JSON.stringify({ allowed: true, denied: false, reason }));
  });

  it('gets the answers that a real API server gave', async () => {
    expect(recorded.length).toBeGreaterThan(50);
    for (const { spec, status } of recorded) {
      expect(await server.accessReview(spec), JSON.stringify(spec)).toMatchObject({
        allowed: status.allowed,
      });
    }
  });

  it('asks about people only, by the document’s match condition', () => {
    const [condition] = server.webhook.matchConditions;
    const environment = new Environment().registerVariable('request', 'map');
    const asks = (user: string) => environment.evaluate(condition?.expression ?? '', { request: { user } });
    expect(['jane', 'system:node:n1', 'system:serviceaccount:dev:ci'].map(asks)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['nobody', undefined, 401],
    ['jane', () => jane, 403],
    ['an administrator', () => admin, 403],
    ['whoever guesses', () => `${WEBHOOK_TOKEN.slice(0, -1)}0`, 401],
  ])('is the only one that may ask: %s', async (_name, token, status) => {
    const authorizationHeader = token === undefined ? {} : { Authorization: `Bearer ${token()}` };
    for (const path of ['/webhooks/authentication', '/webhooks/authorization']) {
      const answer = await askGateway(sallyport, path, {
        method: 'POST',
        headers: { ...authorizationHeader, 'Content-Type': 'application/json' },
        body: '{}',
      });
      expect([path, answer.status]).toEqual([path, status]);
    }
  });

  it('may nothing else', async () => {
    const headers = { Authorization: `Bearer ${WEBHOOK_TOKEN}` };
    for (const path of ['/api/v1/namespaces/dev/pods', '/version']) {
      expect((await askGateway(sallyport, path, { headers })).status).toBe(401);
    }
  });

  it('leaves no token in the audit log or in what the product prints', async () => {
    const spoiled = {
      method: 'POST',
      body: `{"spec":{"token":"${jane}"`,
      headers: { 'Content-Type': 'application/json' },
    };
    const headers = { ...spoiled.headers, Authorization: `Bearer ${WEBHOOK_TOKEN}` };
    const answer = await askGateway(sallyport, '/webhooks/authentication', { ...spoiled, headers });
    expect(answer.status).toBe(400);
    const audit = () => readFile(join(sallyport.directory, 'config/audit.log'), 'utf8');
    await expect.poll(audit, { timeout: 10_000 }).toContain('the body is not JSON');
    expect(sallyport.stderr() + sallyport.stdout()).toContain('token review: not authenticated');
    const all = (await audit()) + sallyport.stdout() + sallyport.stderr() + answer.body;
    for (const secret of [WEBHOOK_TOKEN, ...jane.split('.').slice(1)])
      expect(all).not.toContain(secret.slice(0, 30));
  });

  it('is let in by a replaced token, and not by the old one', async () => {
    const file = join(sallyport.directory, 'config/webhook.token');
    await writeFile(file, 'c0ffee'.repeat(10));
    const ask = async (token: string) => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      return (await askGateway(sallyport, '/webhooks/authorization', { method: 'POST', headers, body: '{}' }))
        .status;
    };
    await expect.poll(() => ask('c0ffee'.repeat(10)), { timeout: 10_000 }).toBe(400);
    expect(await ask(WEBHOOK_TOKEN)).toBe(401);
  });
});

describe("an API server without a token file, by the document's ClusterRole", () => {
  const SUBJECT = '\nsubjects: [{ kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }]\n';
  const BINDING = `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: webhooks }${SUBJECT}roleRef: { kind: ClusterRole, name: webhooks, apiGroup: rbac.authorization.k8s.io }\n`;

  it('may ask when it is granted, as any user', async () => {
    const sallyport = await startSallyport(
      (config) => config.replace('  target:', '  webhooks: { authorization: true }\n  target:'),
      { files: { 'config/demo/rbac/webhooks.yaml': `${webhookDocuments.clusterRole}\n---\n${BINDING}` } },
    );
    try {
      const ask = async (token: string, path: string) => {
        const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
        return (await askGateway(sallyport, path, { method: 'POST', headers, body: '{}' })).status;
      };
      const [jane, bob] = [
        await getIdToken(sallyport, 'jane'),
        await getIdToken(sallyport, 'bob@example.com'),
      ];
      expect(await ask(jane, '/webhooks/authorization')).toBe(400);
      expect(await ask(bob, '/webhooks/authorization')).toBe(403);
      // Not configured, and so no path of the gateway's: the embedded API does not know it.
      expect(await ask(jane, '/webhooks/authentication')).toBe(404);
    } finally {
      await sallyport.dispose();
    }
  });
});

describe('a token file that cannot be used', () => {
  it.each([
    [
      'too short',
      { 'config/webhook.token': 'secret\n' },
      /gateway\.webhooks\.tokenFile: .*openssl rand -hex 32/,
    ],
    ['missing', {}, /gateway\.webhooks\.tokenFile: .*no such file/],
  ])('is said at start: %s', async (_name, files, message) => {
    const edit = (config: string) =>
      config.replace('  target:', '  webhooks: { authorization: true, tokenFile: webhook.token }\n  target:');
    const started = startSallyport(edit, { files });
    await expect(started).rejects.toThrow(message);
    await expect(started).rejects.not.toThrow(/secret/);
  });
});
