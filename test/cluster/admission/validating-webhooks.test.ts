import { describe, expect, it } from 'vitest';
import { configMap } from '../support.ts';
import {
  byPath,
  configMaps,
  denied,
  mergePatch,
  patching,
  reviewedCluster,
  ruleOf,
  statusOf,
  verdict,
} from './admission-webhook.ts';

const { send, respond, questions, locate, annotations, configure, unconfigure, validating, create } =
  reviewedCluster();

describe('a validating webhook', () => {
  it('is asked about what its rules name, with what the request is', async () => {
    await validating(ruleOf('configmaps'));
    expect((await create('asked', { a: '1' }, {}, '?fieldManager=me&fieldValidation=Strict')).code).toBe(201);
    const [asked, ...others] = questions();
    expect(others).toEqual([]);
    const resource = { group: '', version: 'v1', resource: 'configmaps' };
    const kind = { group: '', version: 'v1', kind: 'ConfigMap' };
    expect(asked).toEqual({
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: 'asked',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { username: 'system:admin', groups: ['system:masters', 'system:authenticated'] },
      object: expect.objectContaining({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: '1' } }),
      oldObject: null,
      dryRun: false,
      options: {
        kind: 'CreateOptions',
        apiVersion: 'meta.k8s.io/v1',
        fieldManager: 'me',
        fieldValidation: 'Strict',
      },
    });
    expect(asked.object.metadata).toMatchObject({ name: 'asked', uid: expect.any(String) });
  });

  it('sees what was and what is to be', async () => {
    await create('both', { a: '1' });
    await validating(ruleOf('configmaps'));
    await send('PATCH', `${configMaps}/both`, { data: { a: '2' } }, mergePatch);
    await send('PUT', `${configMaps}/both`, configMap('both', { a: '3' }));
    await send('DELETE', `${configMaps}/both?gracePeriodSeconds=3`);
    expect(
      questions().map(({ operation, object, oldObject, options }) => [
        operation,
        oldObject?.data.a,
        object?.data.a,
        options.kind,
      ]),
    ).toEqual([
      ['UPDATE', '1', '2', 'UpdateOptions'],
      ['UPDATE', '2', '3', 'UpdateOptions'],
      ['DELETE', '3', undefined, 'DeleteOptions'],
    ]);
  });

  it('is asked about each object of a collection that is to go, and about none that is kept from going', async () => {
    const labels = { labels: { of: 'collection' } };
    await create('one', {}, labels);
    await create('two', {}, labels);
    await validating(ruleOf('configmaps', ['DELETE']));
    respond(denied({ message: 'stays' }));
    const refused = await send('DELETE', `${configMaps}?labelSelector=of%3Dcollection`);
    expect(refused.code).toBe(400);
    expect(questions().map(({ name, oldObject }) => [name, oldObject.metadata.name])).toEqual([
      [undefined, 'one'],
    ]);
    respond();
    await send('DELETE', `${configMaps}?labelSelector=of%3Dcollection`);
    expect(questions()).toHaveLength(2);
  });

  it.each<[object | undefined, object]>([
    [undefined, { code: 400, reason: '', message: ' without explanation' }],
    [{ message: 'no' }, { code: 400, reason: '', message: ': no' }],
    [
      { reason: 'Forbidden', code: 403 },
      { code: 403, reason: 'Forbidden', message: ': Forbidden' },
    ],
    [
      { status: 'Success', code: 200, message: 'no' },
      { code: 400, reason: '', message: ': no' },
    ],
    [
      { code: 4000, message: 'no' },
      { code: 400, reason: '', message: ': no' },
    ],
  ])('refuses with its status: %j', async (said, expected) => {
    await validating(ruleOf('configmaps'), { name: 'guard.example.com' });
    respond(denied(said));
    const answer = await create('refused');
    const { message, ...rest } = expected as { message: string };
    const text = `admission webhook "guard.example.com" denied the request${message}`;
    expect(statusOf(answer)).toEqual({ ...rest, message: text });
    expect(answer.code).toBe(answer.json.code);
    expect((await send('GET', `${configMaps}/refused`)).code).toBe(404);
  });

  it('warns the client and notes things in the audit event', async () => {
    await validating(ruleOf('configmaps'), { name: 'guard.example.com' });
    respond((review) =>
      verdict(review, { allowed: true, warnings: ['be careful'], auditAnnotations: { by: 'me' } }),
    );
    const answer = await create('warned');
    expect(answer.headers.get('warning')).toBe('299 - "be careful"');
    expect(annotations).toEqual([{ 'guard.example.com/by': 'me' }]);
  });

  it('does not fill headers and audit events without end', async () => {
    await validating(ruleOf('configmaps'), { name: 'guard.example.com' });
    const warnings = Array.from({ length: 1000 }, (_, index) => `${index} ${'x'.repeat(500)}`);
    const auditAnnotations = { 'no name': 'a', long: 'x'.repeat(100_000) };
    respond((review) =>
      verdict(review, { allowed: true, warnings: [...warnings, 'short'], auditAnnotations }),
    );
    const { code, headers } = await create('talkative');
    expect(code).toBe(201);
    expect((headers.get('warning') ?? '').length).toBeLessThan(5000);
    expect(headers.get('warning')).toContain('short');
    expect(annotations).toEqual([{ 'guard.example.com/long': 'x'.repeat(10_240) }]);
  });

  it('may not change anything', async () => {
    await validating(ruleOf('configmaps'), { name: 'guard.example.com' });
    respond(patching({ op: 'add', path: '/data', value: { a: 'b' } }));
    expect(statusOf(await create('changed'))).toEqual({
      code: 500,
      reason: 'InternalError',
      message:
        'Internal error occurred: failed calling webhook "guard.example.com": received invalid webhook response: ' +
        'validating webhook may not return response.patch',
    });
  });

  it.each<[string, (review: never) => unknown]>([
    ['expected response.uid=', (review) => verdict(review, { uid: 'other', allowed: true })],
    ['webhook response was absent', ({ kind, apiVersion }) => ({ kind, apiVersion })],
    [
      'expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got /, Kind=',
      (review) => ({ response: verdict(review, { allowed: true }).response }),
    ],
  ])('has to answer the question: %s', async (text, answer) => {
    await validating(ruleOf('configmaps'));
    respond(answer as never);
    const { json: body } = await create('answered');
    expect(body.code).toBe(500);
    expect(body.message).toContain(`received invalid webhook response: ${text}`);
  });

  it('that cannot be reached refuses, or is done without when it may be', async () => {
    const clientConfig = { url: 'https://127.0.0.1:1/v' };
    await validating(ruleOf('configmaps'), { clientConfig, name: 'gone.example.com', timeoutSeconds: 3 });
    expect(statusOf(await create('unreachable'))).toEqual({
      code: 500,
      reason: 'InternalError',
      message:
        'Internal error occurred: failed calling webhook "gone.example.com": failed to call webhook: ' +
        'Post "https://127.0.0.1:1/v?timeout=3s": dial tcp 127.0.0.1:1: connect: connection refused',
    });
    await unconfigure();
    await validating(ruleOf('configmaps'), {
      clientConfig,
      name: 'gone.example.com',
      failurePolicy: 'Ignore',
    });
    expect((await create('unreachable')).code).toBe(201);
    expect(annotations).toEqual([
      { 'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'gone.example.com' },
    ]);
  });

  it('is asked along with the others, and one refusal is enough', async () => {
    const clientConfig = (at: string) => ({ clientConfig: locate(at), rules: [ruleOf('configmaps')] });
    await configure('Validating', [clientConfig('/a'), clientConfig('/b'), clientConfig('/c')], 'several');
    respond(byPath({ '/b': denied({ message: 'b' }), '/c': denied({ message: 'c' }) }));
    const answer = await create('several');
    expect(answer.json.message).toBe('admission webhook "1.several.example.com" denied the request: b');
    expect(questions()).toHaveLength(3);
  });

  it('is not asked about itself and its like', async () => {
    await validating({ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] });
    respond(denied());
    await configure('Mutating', []);
    expect(questions()).toEqual([]);
    await unconfigure();
    await unconfigure();
  });
});
