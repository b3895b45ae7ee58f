import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDelegatedAuthorizer, whenAnswered } from '../../../src/gateway/delegate/index.ts';
import {
  attributesOfReview,
  readReviewSpec,
  subjectOf,
  validateReviewSpec,
} from '../../../src/gateway/reviews/index.ts';
import { type Attributes, StatusError } from '../../../src/kube/index.ts';

const attributes: Attributes = {
  user: { username: 'jane', groups: ['a', 'b'], uid: '7', extra: { 'example.com/x': ['1', '2'] } },
  verb: 'get',
  isResourceRequest: true,
  path: '/api/v1/namespaces/dev/pods/web/log',
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'pods',
  subresource: 'log',
  namespace: 'dev',
  name: 'web',
};

type Answer = (review: { spec: Record<string, unknown> }) => unknown;

function authorizerOf(answer: Answer) {
  const asked: { path: string; body: unknown }[] = [];
  const clock = { now: 0 };
  const authorizer = createDelegatedAuthorizer({
    client: {
      post: async (path, body) => {
        asked.push({ path, body });
        return answer(body as never);
      },
    },
    now: () => clock.now,
    log: { warn() {} },
  });
  const decide = async (question: Attributes) => whenAnswered(() => authorizer.authorize(question));
  return { authorizer, asked, clock, decide };
}

const allowed = { status: { allowed: true, reason: 'RBAC: allowed' } };

describe('a delegated decision', () => {
  it('says which part of a collection is asked for, as kube-apiserver does', async () => {
    const { decide, asked } = authorizerOf(() => allowed);
    const list = { ...attributes, verb: 'list', name: '', subresource: '' };
    const questions = [
      { fieldSelector: 'spec.nodeName=a\\,b,status.phase!=Failed', labelSelector: '' },
      { fieldSelector: '', labelSelector: 'app=web,tier in (a,b),!old,canary,env!=test,size>3' },
      // Neither of these can be said.
      { fieldSelector: 'no selector', labelSelector: 'a in' },
      { fieldSelector: '', labelSelector: 'size>3' },
    ];
    for (const question of questions) await decide({ ...list, ...question });
    const sent = asked.map(
      ({ body }) => (body as { spec: { resourceAttributes: object } }).spec.resourceAttributes,
    );
    const bare = {
      namespace: 'dev',
      verb: 'list',
      group: '',
      version: 'v1',
      resource: 'pods',
      subresource: '',
      name: '',
    };
    expect(sent).toEqual([
      {
        ...bare,
        fieldSelector: {
          requirements: [
            { key: 'spec.nodeName', operator: 'In', values: ['a,b'] },
            { key: 'status.phase', operator: 'NotIn', values: ['Failed'] },
          ],
        },
      },
      {
        ...bare,
        labelSelector: {
          requirements: expect.arrayContaining([
            { key: 'app', operator: 'In', values: ['web'] },
            { key: 'tier', operator: 'In', values: ['a', 'b'] },
            { key: 'old', operator: 'DoesNotExist' },
            { key: 'canary', operator: 'Exists' },
            { key: 'env', operator: 'NotIn', values: ['test'] },
          ]),
        },
      },
      // What can't be said makes the question broader, and one answer is enough for both.
      bare,
    ]);
  });

  it.each(['SelfSubjectAccessReview', 'SubjectAccessReview'])(
    'on a %s says its requirements, as far as kube-apiserver understands them',
    async (kind) => {
      const { decide, asked } = authorizerOf(() => allowed);
      const understood = {
        fieldSelector: [
          // In the text form, this would be two other terms.
          { key: 'spec.nodeName=a,b', operator: 'In', values: ['=,\\\\'] },
          { key: 'status.phase', operator: 'NotIn', values: [''] },
        ],
        labelSelector: [
          { key: 'tier', operator: 'In', values: ['b', '', 'a'] },
          { key: 'env', operator: 'NotIn', values: ['test'] },
          { key: 'canary', operator: 'Exists' },
          { key: 'old', operator: 'DoesNotExist' },
        ],
      };
      const beyond = {
        fieldSelector: [
          { key: 'a', operator: 'In', values: ['b', 'c'] },
          { key: 'a', operator: 'Exists' },
          { key: 'a', operator: 'StartsWith', values: ['b'] },
        ],
        labelSelector: [{ key: 'size', operator: 'Gt', values: ['3'] }],
      };
      const askAbout = async (selectors: Readonly<Record<string, object[]>>) => {
        const sent = Object.entries(selectors).map(([name, requirements]) => [name, { requirements }]);
        const question = { verb: 'list', resource: 'pods', ...Object.fromEntries(sent) };
        const isAbout = kind === 'SubjectAccessReview';
        const spec = { resourceAttributes: question, ...(isAbout ? { user: 'jane' } : {}) };
        const read = readReviewSpec(spec, isAbout);
        validateReviewSpec(read, isAbout, []);
        await decide(attributesOfReview(read, isAbout ? subjectOf(read) : attributes.user));
        const { body } = asked.at(-1) ?? {};
        return (body as { spec: { resourceAttributes: object } }).spec.resourceAttributes;
      };
      const { fieldSelector, labelSelector } = understood;
      expect(await askAbout(understood)).toMatchObject({
        fieldSelector: { requirements: fieldSelector },
        labelSelector: { requirements: labelSelector },
      });
      expect(
        await askAbout({
          fieldSelector: [...beyond.fieldSelector, ...fieldSelector.slice(1)],
          labelSelector: [...beyond.labelSelector, ...labelSelector.slice(1)],
        }),
      ).toMatchObject({
        fieldSelector: { requirements: fieldSelector.slice(1) },
        labelSelector: { requirements: labelSelector.slice(1) },
      });
      // None that can be told makes the question broader.
      const broader = await askAbout(beyond);
      expect(broader).not.toHaveProperty('fieldSelector');
      expect(broader).not.toHaveProperty('labelSelector');
    },
  );

  it('asks as kube-apiserver asks', async () => {
    const { decide, asked } = authorizerOf(() => allowed);
    expect(await decide(attributes)).toEqual({ decision: 'allow', reason: 'RBAC: allowed' });
    await decide({
      ...attributes,
      isResourceRequest: false,
      path: '/metrics',
      user: { username: 'x', groups: [] },
    });
    expect(asked).toEqual([
      {
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: {
            resourceAttributes: {
              namespace: 'dev',
              verb: 'get',
              group: '',
              version: 'v1',
              resource: 'pods',
              subresource: 'log',
              name: 'web',
            },
            user: 'jane',
            groups: ['a', 'b'],
            uid: '7',
            extra: { 'example.com/x': ['1', '2'] },
          },
        },
      },
      {
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: { nonResourceAttributes: { path: '/metrics', verb: 'get' }, user: 'x', groups: [] },
        },
      },
    ]);
  });

  it.each([
    ['allowed is false', { status: { allowed: false, reason: 'no' } }, 'noOpinion'],
    ['denied', { status: { allowed: false, denied: true } }, 'deny'],
    ['both', { status: { allowed: true, denied: true } }, 'deny'],
    ['allowed is no boolean', { status: { allowed: 'true' } }, 'noOpinion'],
    ['an empty status', { status: {} }, 'noOpinion'],
  ])('is no when %s', async (_name, answer, decision) => {
    expect((await authorizerOf(() => answer).decide(attributes)).decision).toBe(decision);
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['no status', { kind: 'SubjectAccessReview' }],
  ])('S-270 fails with 503 when the answer is %s, and is asked anew', async (_name, answer) => {
    const { decide, asked } = authorizerOf(() => answer);
    for (const _ of [1, 2]) {
      await expect(decide(attributes)).rejects.toSatisfy(
        (error) => error instanceof StatusError && error.status.code === 503,
      );
    }
    expect(asked).toHaveLength(2);
  });

  it('S-270 is remembered for ten seconds, allowed or not, and asked once at a time', async () => {
    let answer: unknown = allowed;
    const { decide, asked, clock } = authorizerOf(() => answer);
    await Promise.all([decide(attributes), decide(attributes), decide(attributes)]);
    answer = { status: { allowed: false } };
    clock.now = 9_999;
    expect((await decide(attributes)).decision).toBe('allow');
    expect(asked).toHaveLength(1);
    clock.now = 10_000;
    expect((await decide(attributes)).decision).toBe('noOpinion');
    clock.now = 19_999;
    expect((await decide(attributes)).decision).toBe('noOpinion');
    expect(asked).toHaveLength(2);
  });

  it('is of this question only: whatever differs is asked', async () => {
    const question = fc.record({
      user: fc.record({
        username: fc.constantFrom('jane', 'bob'),
        groups: fc.array(fc.constantFrom('a', 'b', 'a,b'), { maxLength: 2 }),
      }),
      verb: fc.constantFrom('get', 'list'),
      namespace: fc.constantFrom('', 'dev', 'd'),
      name: fc.constantFrom('', 'ev'),
      isResourceRequest: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(question, { maxLength: 12 }), async (questions) => {
        const right = (review: { spec: Record<string, unknown> }) =>
          JSON.stringify(review.spec).length % 2 === 0;
        const { decide, authorizer } = authorizerOf((review) => ({ status: { allowed: right(review) } }));
        for (const some of questions) {
          const full = { ...attributes, ...some };
          const fresh = authorizerOf((review) => ({ status: { allowed: right(review) } }));
          expect(await decide(full)).toEqual(await fresh.decide(full));
          expect(authorizer.authorize(full)).toEqual(await fresh.decide(full));
        }
      }),
    );
  });

  it('of an open stream is the last one known, for a minute', async () => {
    let answer: unknown = allowed;
    const { authorizer, decide, clock, asked } = authorizerOf(() => answer);
    expect(authorizer.recheck(attributes).decision).toBe('noOpinion');
    await decide(attributes);
    answer = undefined;
    clock.now = 30_000;
    expect(authorizer.recheck(attributes).decision).toBe('allow');
    expect(asked).toHaveLength(2);
    clock.now = 60_000;
    expect(authorizer.recheck(attributes).decision).toBe('noOpinion');
  });
});
