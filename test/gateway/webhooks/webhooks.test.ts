import { afterEach, describe, expect, it } from 'vitest';
import { webhookPaths } from '../../../src/gateway/index.ts';
import { recording } from '../audit/support/recording.ts';
import { policyFor, recordingTarget } from '../support/gateway.ts';
import {
  API_SERVER,
  accessReview,
  authenticateTokens,
  expiredToken,
  forgedToken,
  goodToken,
  type Served,
  serveWebhooks,
  tokenReview,
} from './support.ts';

const AUTHENTICATION = webhookPaths.authentication;
const AUTHORIZATION = webhookPaths.authorization;
const NO = { authenticated: false };

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function webhooks(served: Served = {}) {
  const gateway = await serveWebhooks(served);
  closers.push(gateway.close);
  return gateway;
}

describe('the authentication webhook', () => {
  async function status(spec: object, version?: string) {
    const { post } = await webhooks();
    const answer = await post(AUTHENTICATION, tokenReview(spec, version));
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { status: object }).status;
  }

  it.each(['v1', 'v1beta1'])('says who a good token is from, in %s', async (version) => {
    const { post } = await webhooks();
    const answer = await post(AUTHENTICATION, tokenReview({ token: goodToken }, version));
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({
      kind: 'TokenReview',
      apiVersion: `authentication.k8s.io/${version}`,
      metadata: {},
      spec: {},
      status: {
        authenticated: true,
        user: { username: 'oidc:jane', groups: ['devs', 'system:authenticated'] },
      },
    });
  });

  it.each([
    ['garbage', 'garbage'],
    ['a forged signature', forgedToken],
    ['an expired token', expiredToken],
    ['a token with a blank before it, which a header would lose', ` ${goodToken}`],
    ['a token with something after it', `${goodToken} x`],
    ['a line break', `${goodToken}\r\nX-Remote-User: root`],
    ['what is no ASCII', 'é'],
    ['a very long text', 'x'.repeat(100_000)],
  ])('says no, and nothing else, to %s', async (_name, token) => {
    expect(await status({ token })).toEqual(NO);
  });

  it.each([
    ['none', undefined, undefined],
    ['an empty list', [], undefined],
    ["the API server's", [API_SERVER], [API_SERVER]],
    ["the token's own, beside others", ['other', 'vault'], ['vault']],
    ['both', [API_SERVER, 'kubectl', 'x'], [API_SERVER, 'kubectl']],
  ])('reports the audiences that were asked for and fit: %s', async (_name, audiences, reported) => {
    const answer = await status({ token: goodToken, audiences });
    expect(answer).toMatchObject({ authenticated: true });
    expect((answer as { audiences?: string[] }).audiences).toEqual(reported);
  });

  it('says no when the token is for none of the audiences', async () => {
    expect(await status({ token: goodToken, audiences: ['other'] })).toEqual(NO);
  });

  it.each([
    ['no token', {}],
    ['an empty one', { token: '' }],
    ['a number', { token: 1 }],
    ['audiences that are no list', { token: goodToken, audiences: 'x' }],
  ])('refuses %s', async (_name, spec) => {
    const { post } = await webhooks();
    expect((await post(AUTHENTICATION, tokenReview(spec))).status).toBe(400);
  });
});

describe('the authorization webhook', () => {
  async function ask(spec: object, version?: string) {
    const { post } = await webhooks({ policy: policyFor('jane', 'cluster-admin') });
    return post(AUTHORIZATION, accessReview(spec, version));
  }

  it('allows with the reason of RBAC', async () => {
    const answer = await ask({
      user: 'jane',
      uid: '42',
      groups: ['devs', 'system:authenticated'],
      extra: { 'example.org/foo': ['bar'] },
      resourceAttributes: {
        namespace: 'dev',
        verb: 'list',
        group: 'apps',
        version: 'v1',
        resource: 'deployments',
      },
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      kind: 'SubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      metadata: {},
      spec: {},
      status: {
        allowed: true,
        denied: false,
        reason: 'RBAC: allowed by ClusterRoleBinding "test" of ClusterRole "cluster-admin" to User "jane"',
      },
    });
  });

  it('has no opinion otherwise, so that the other authorizers are asked', async () => {
    const answer = await ask({ user: 'bob', resourceAttributes: { verb: 'list', resource: 'pods' } });
    expect(((await answer.json()) as { status: object }).status).toEqual({ allowed: false, denied: false });
  });

  it('judges paths', async () => {
    const answer = await ask({ user: 'jane', nonResourceAttributes: { path: '/metrics', verb: 'get' } });
    expect(((await answer.json()) as { status: object }).status).toMatchObject({ allowed: true });
  });

  it('takes the selectors of newer API servers, and members that it does not know yet', async () => {
    const answer = await ask({
      user: 'jane',
      somethingNew: true,
      resourceAttributes: {
        verb: 'list',
        resource: 'pods',
        fieldSelector: { requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['n1'] }] },
        labelSelector: { requirements: [{ key: 'app', operator: 'Exists' }] },
      },
    });
    expect(((await answer.json()) as { status: object }).status).toMatchObject({ allowed: true });
  });

  it('says what of a selector it does not understand, and that one cannot be', async () => {
    const about = (selectors: object) =>
      ask({ user: 'jane', resourceAttributes: { verb: 'list', resource: 'pods', ...selectors } });
    const newer = { key: 'a', operator: 'StartsWith', values: ['b'] };
    const answer = await about({ labelSelector: { requirements: [newer] } });
    expect(((await answer.json()) as { status: object }).status).toMatchObject({
      allowed: true,
      evaluationError: 'spec.resourceAttributes.labelSelector ignored due to parse error',
    });
    const both = { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'In', values: ['b'] }] };
    expect((await about({ fieldSelector: both })).status).toBe(422);
  });

  it('reads the groups of v1beta1, which are called group there', async () => {
    const spec = {
      user: 'x',
      group: ['system:masters'],
      resourceAttributes: { verb: 'get', resource: 'pods' },
    };
    const answer = await ask(spec, 'v1beta1');
    expect(await answer.json()).toMatchObject({
      apiVersion: 'authorization.k8s.io/v1beta1',
      status: { allowed: true },
    });
    expect(await (await ask(spec, 'v1')).json()).toMatchObject({ status: { allowed: false } });
  });

  it.each([
    ['no attributes', { user: 'jane' }, 422],
    ['nobody', { resourceAttributes: { verb: 'get', resource: 'pods' } }, 422],
    ['groups that are no list', { user: 'jane', groups: 'system:masters' }, 400],
    ['a verb that is no text', { user: 'jane', resourceAttributes: { verb: ['get'] } }, 400],
    [
      'a member in other letters',
      { user: 'bob', User: 'jane', nonResourceAttributes: { path: '/', verb: 'get' } },
      400,
    ],
    ['the same, further down', { user: 'bob', resourceAttributes: { verb: 'get', Resource: 'pods' } }, 400],
  ])('refuses %s', async (_name, spec, status) => {
    expect((await ask(spec)).status).toBe(status);
  });
});

describe('a webhook', () => {
  const sar = accessReview({ user: 'jane', nonResourceAttributes: { path: '/', verb: 'get' } });

  it.each([
    ['another kind', tokenReview({ token: 'x' }), {}, 400],
    ['another group', { ...sar, apiVersion: 'authentication.k8s.io/v1' }, {}, 400],
    ['an unknown version', { ...sar, apiVersion: 'authorization.k8s.io/v2' }, {}, 400],
    ['no kind', { ...sar, kind: undefined }, {}, 400],
    ['no spec', { ...sar, spec: undefined }, {}, 400],
    ['a list', [sar], {}, 400],
    ['nothing', '', {}, 400],
    ['a member twice', '{"kind":"SubjectAccessReview","spec":{"user":"bob","user":"jane"}}', {}, 400],
    ['bytes that are no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), {}, 400],
    ['what is nested without end', '['.repeat(50_000) + ']'.repeat(50_000), {}, 400],
    ['another media type', sar, { 'Content-Type': 'application/yaml' }, 415],
    ['protobuf', sar, { 'Content-Type': 'application/vnd.kubernetes.protobuf' }, 415],
    ['a compressed body', sar, { 'Content-Encoding': 'gzip' }, 415],
    ['a body of more than 256 KiB', ' '.repeat(262_145), {}, 413],
  ])('refuses %s with a Status', async (_name, body, headers, status) => {
    const { post } = await webhooks();
    const answer = await post(AUTHORIZATION, body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
  });

  it('takes POST only', async () => {
    const { url } = await webhooks();
    const answer = await fetch(`${url}${AUTHENTICATION}`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is for who may post on its path, and for nobody else', async () => {
    const policy = policyFor('kube-apiserver', 'webhooks');
    policy.put('test', {
      kind: 'ClusterRole',
      metadata: { name: 'webhooks' },
      rules: [{ verbs: ['post'], nonResourceURLs: [AUTHENTICATION] }],
    });
    const as = (username: string) => ({
      policy,
      options: {
        authenticate: () =>
          ({
            outcome: 'authenticated',
            user: { username, groups: [] },
            expiresAt: Number.POSITIVE_INFINITY,
          }) as const,
      },
    });
    const granted = await webhooks(as('kube-apiserver'));
    expect((await granted.post(AUTHENTICATION, tokenReview({ token: goodToken }))).status).toBe(200);
    expect((await granted.post(AUTHORIZATION, sar)).status).toBe(403);
    const other = await webhooks(as('bob'));
    expect((await other.post(AUTHENTICATION, tokenReview({ token: goodToken }))).status).toBe(403);
    const nobody = await webhooks({
      options: { authenticate: () => ({ outcome: 'unauthorized', reason: '' }) },
    });
    expect((await nobody.post(AUTHENTICATION, tokenReview({ token: goodToken }))).status).toBe(401);
  });

  it('that is not configured is no path of the gateway’s', async () => {
    const { target, seen } = recordingTarget();
    const { post } = await webhooks({ paths: new Set([AUTHENTICATION]), options: { target } });
    await post(AUTHORIZATION, sar);
    expect(seen.map(({ target: asked }) => asked)).toEqual([`${AUTHORIZATION}?timeout=30s`]);
  });
});

describe('a token that is reviewed', () => {
  it.each([
    ['a good one', JSON.stringify(tokenReview({ token: goodToken }))],
    ['a forged one', JSON.stringify(tokenReview({ token: forgedToken }))],
    ['one in a body that is no JSON', `{"spec":{"token":"${goodToken}"`],
    ['one in the wrong place', JSON.stringify({ kind: goodToken, apiVersion: goodToken, [goodToken]: 1 })],
    ['one in a member twice', `{"spec":{"${goodToken}":1,"${goodToken}":2}}`],
  ])('is in no event, no log line and no answer: %s', async (_name, body) => {
    const logged: unknown[] = [];
    const log = {
      debug: (...said: unknown[]) => void logged.push(said),
      error: (...said: unknown[]) => void logged.push(said),
      warn: (...said: unknown[]) => void logged.push(said),
    };
    const { auditor, lines, warnings } = recording([{ level: 'RequestResponse' }], { durability: 'each' });
    const { post } = await webhooks({ log, options: { auditor, log } });
    const answer = await (await post(AUTHENTICATION, body)).text();
    while (lines.length < 2) await new Promise(setImmediate);
    const all = answer + lines.join('\n') + JSON.stringify([logged, warnings]);
    for (const token of [goodToken, forgedToken]) {
      for (const part of token.split('.')) expect(all).not.toContain(part.slice(0, 20));
    }
    expect(lines[1]).toContain(AUTHENTICATION);
  });

  it('gives whoever holds it no right to ask', async () => {
    const { post } = await webhooks({ options: { authenticate: authenticateTokens } });
    const first = await post(AUTHENTICATION, tokenReview({ token: goodToken }), {
      Authorization: `Bearer ${goodToken}`,
    });
    expect(first.status).toBe(403);
  });
});
