import { afterEach, describe, expect, it } from 'vitest';
import {
  createImpersonation,
  guardWebhooks,
  webhookPaths,
  webhookTokenProblem,
} from '../../../src/gateway/index.ts';
import { policyFor, recordingTarget } from '../support/gateway.ts';
import { authenticateTokens, goodToken, serveWebhooks, tokenReview } from './support.ts';

const TOKEN = 'f'.repeat(64);
const PATHS = new Set<string>(Object.values(webhookPaths));
const BODY = tokenReview({ token: goodToken });

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A gateway whose webhooks have a token file; `oidc:jane` may do everything. */
async function guarded(read: () => string = () => TOKEN, now = () => 0) {
  const policy = policyFor('oidc:jane', 'cluster-admin');
  const errors: string[] = [];
  const guard = guardWebhooks({
    read,
    paths: PATHS,
    authenticate: authenticateTokens,
    authorize: (attributes) => policy.authorize(attributes),
    now,
    log: { error: (_fields, message) => errors.push(message) },
  });
  const { target, seen } = recordingTarget();
  const gateway = await serveWebhooks({
    policy,
    options: {
      ...guard,
      target,
      impersonate: createImpersonation({ authorize: policy.authorize, constrained: true, now: () => 0 }),
    },
  });
  closers.push(gateway.close);
  const post = async (token: string, path: string = webhookPaths.authentication, headers = {}) =>
    (await gateway.post(path, BODY, { Authorization: `Bearer ${token}`, ...headers })).status;
  return { ...gateway, post, ask: gateway.post, seen, errors };
}

describe('the token of gateway.webhooks.tokenFile', () => {
  it('opens the webhooks', async () => {
    const { post } = await guarded();
    expect(await post(TOKEN)).toBe(200);
  });

  it('is no credential anywhere else', async () => {
    const { post, seen } = await guarded();
    for (const path of ['/api/v1/pods', '/webhooks/other', '/webhooks/authentication/', '/version']) {
      expect(await post(TOKEN, path), path).toBe(401);
    }
    expect(seen).toEqual([]);
  });

  it.each([
    ['shorter', TOKEN.slice(1)],
    ['longer', `${TOKEN}f`],
    ['with another end', `${TOKEN.slice(1)}0`],
    ['in other letters', TOKEN.toUpperCase()],
  ])('is not one that is %s', async (_name, token) => {
    const { post } = await guarded();
    expect(await post(token)).toBe(401);
  });

  it('is the only one: even an administrator is refused, and so is whoever poses as its holder', async () => {
    const { post, ask } = await guarded();
    expect(await post(goodToken)).toBe(403);
    expect(await post(goodToken, undefined, { 'Impersonate-User': 'system:sallyport:webhook' })).toBe(403);
    const anonymous = await ask(webhookPaths.authentication, BODY);
    expect(anonymous.status).toBe(403);
    expect(await anonymous.text()).toContain('only the token of gateway.webhooks.tokenFile opens this path');
  });

  it('impersonates nobody', async () => {
    const { post } = await guarded();
    expect(await post(TOKEN, undefined, { 'Impersonate-User': 'oidc:jane' })).toBe(403);
  });

  it('can be replaced; what cannot be read opens nothing, is said once, and is looked at once a second', async () => {
    let time = 0;
    let token: string | undefined = TOKEN;
    let reads = 0;
    const read = () => {
      reads += 1;
      if (token === undefined) throw new Error('no such file');
      return token;
    };
    const { post, errors } = await guarded(read, () => time);
    expect([await post(TOKEN), await post(TOKEN), reads]).toEqual([200, 200, 1]);
    token = 'e'.repeat(64);
    time = 1_000;
    expect([await post(TOKEN), await post(token), reads]).toEqual([401, 200, 2]);
    token = undefined;
    time = 2_000;
    expect([await post('e'.repeat(64)), await post('undefined')]).toEqual([401, 401]);
    time = 3_000;
    expect(await post('e'.repeat(64))).toBe(401);
    expect(errors).toEqual(['the webhooks are closed: their token cannot be read']);
  });

  it.each([
    ['32 characters', 'a'.repeat(32), true],
    ['hexadecimal', TOKEN, true],
    ['base64', `${'+/'.repeat(21)}==`, true],
    ['nothing', '', false],
    ['31 characters', 'a'.repeat(31), false],
    ['two lines', `${TOKEN}\n${TOKEN}`, false],
    ['blanks', `${TOKEN} ${TOKEN}`, false],
  ])('must be long and plain: %s', (_name, token, good) => {
    expect(webhookTokenProblem(token) === undefined).toBe(good);
  });
});
