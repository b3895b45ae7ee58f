import { describe, expect, it } from 'vitest';
import {
  attributesOf,
  forbidden,
  resolveRequestInfo,
  success,
  unauthorized,
} from '../../../src/kube/index.ts';
import { readAuditEvents } from '../../../src/rbac/index.ts';
import { jane, recording } from './support/recording.ts';

const POD = '/api/v1/namespaces/default/pods/web';

describe('an audited request', () => {
  it('has the events of kube-apiserver, byte for byte', () => {
    const { begin, lines } = recording();
    const trail = begin('DELETE', `${POD}?a=1&b=<2>`, {
      user: { username: 'jane', uid: 'u1', groups: ['g'], extra: { b: ['2'], a: ['1', '<'] } },
      request: {
        url: `${POD}?a=1&b=<2>`,
        headers: {
          'user-agent': 'kubectl/v1.35.0 (linux/amd64)',
          authorization: 'Bearer canary',
          cookie: 'canary',
        },
        socket: { remoteAddress: '::ffff:192.0.2.7' },
      },
    });
    trail?.impersonated({ username: 'alice', groups: [] });
    trail?.decided('allow', 'RBAC: allowed by ClusterRoleBinding "x" of ClusterRole "y" to Group "g"');
    trail?.complete(200);
    const first =
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-1","stage":"STAGE","requestURI":"/api/v1/namespaces/default/pods/web?a=1\\u0026b=\\u003c2\\u003e","verb":"delete","user":{"username":"jane","uid":"u1","groups":["g"],"extra":{"a":["1","\\u003c"],"b":["2"]}},';
    const second =
      '"sourceIPs":["192.0.2.7"],"userAgent":"kubectl/v1.35.0 (linux/amd64)","objectRef":{"resource":"pods","namespace":"default","name":"web","apiVersion":"v1"},';
    const received = '"requestReceivedTimestamp":"2026-11-25T00:00:00.000000Z",';
    expect(lines).toEqual([
      `${first.replace('STAGE', 'RequestReceived')}${second}${received}"stageTimestamp":"2026-11-25T00:00:00.000000Z"}`,
      `${first.replace('STAGE', 'ResponseComplete')}"impersonatedUser":{"username":"alice"},${second}"responseStatus":{"metadata":{},"code":200},${received}"stageTimestamp":"2026-11-25T00:00:00.001500Z","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed by ClusterRoleBinding \\"x\\" of ClusterRole \\"y\\" to Group \\"g\\""}}`,
    ]);
  });

  it('can be read by those who read kube-apiserver’s log', () => {
    const { begin, lines } = recording();
    const trail = begin('GET', '/apis/apps/v1/namespaces/a/deployments/b/scale');
    trail?.impersonated({ username: 'alice', groups: ['g'] }, 'impersonate:user-info');
    trail?.decided('allow', '');
    trail?.complete(200);
    expect(readAuditEvents(lines.join('\n'))[1]).toMatchObject({
      user: { username: 'jane' },
      impersonatedUser: { username: 'alice', groups: ['g'] },
      impersonationConstraint: 'impersonate:user-info',
      objectRef: {
        apiGroup: 'apps',
        resource: 'deployments',
        subresource: 'scale',
        namespace: 'a',
        name: 'b',
      },
      code: 200,
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    });
  });

  it('costs nothing when the policy says None', () => {
    const { begin, lines } = recording([{ level: 'None' }]);
    expect(begin('GET', POD)).toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('has one event without a user when authentication failed, with the Status of the answer', () => {
    const { begin, events } = recording();
    const headers = { authorization: 'Bearer canary' };
    const trail = begin('GET', POD, { user: undefined, request: { url: POD, headers, socket: {} } });
    trail?.respondsWith(unauthorized().status);
    trail?.complete(401);
    trail?.complete(401);
    expect(events()).toMatchObject([
      {
        stage: 'ResponseStarted',
        user: {},
        responseStatus: {
          metadata: {},
          status: 'Failure',
          message: 'Unauthorized',
          reason: 'Unauthorized',
          code: 401,
        },
      },
    ]);
  });

  it.each([
    [{ authorization: 'Bearer canary' }, 'Authentication failed, attempted: bearer'],
    [{ authorization: 'basic canary' }, 'Authentication failed, attempted: basic'],
    [{ authorization: 'canary' }, 'Authentication failed, no credentials provided'],
    [{}, 'Authentication failed, no credentials provided'],
  ])('says of a failed authentication with %j and no answer what was tried', (headers, message) => {
    const { begin, events, lines } = recording();
    begin('GET', POD, { user: undefined, request: { url: POD, headers, socket: {} } })?.complete();
    expect(events()).toMatchObject([{ stage: 'ResponseStarted', responseStatus: { message, code: 401 } }]);
    expect(lines.join()).not.toContain('canary');
  });

  it('records a refusal with its Status and the decision', () => {
    const { begin, events } = recording();
    const trail = begin('GET', '/api/v1/pods?watch=1');
    trail?.decided('noOpinion', 'why');
    const { status } = forbidden(attributesOf(resolveRequestInfo('GET', '/api/v1/pods?watch=1'), jane), '');
    trail?.respondsWith(status);
    trail?.responseStarted(403);
    trail?.complete(403);
    const refused = {
      responseStatus: {
        metadata: {},
        status: 'Failure',
        message: status.message,
        reason: 'Forbidden',
        details: { kind: 'pods' },
        code: 403,
      },
      annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': 'why' },
    };
    expect(events()).toMatchObject([
      { stage: 'RequestReceived' },
      { stage: 'ResponseStarted', ...refused },
      { stage: 'ResponseComplete', ...refused },
    ]);
  });

  it('records a Status of success with its code', () => {
    const { begin, events } = recording();
    begin('DELETE', POD)?.complete(200, success({ name: 'web', kind: 'pods' }));
    expect(events()[1]?.responseStatus).toEqual({
      metadata: {},
      status: 'Success',
      details: { name: 'web', kind: 'pods' },
      code: 200,
    });
  });

  it('has a reason and no decision when the authorizer failed', () => {
    const { begin, events } = recording();
    const trail = begin('GET', POD);
    trail?.decided('error', 'secret detail');
    trail?.complete(500);
    expect(events()[1]?.annotations).toEqual({ 'authorization.k8s.io/reason': 'internal error' });
  });

  it('names the session at the identity provider from the first event on, behind what Kubernetes says', () => {
    const { begin, events } = recording();
    const trail = begin('GET', POD, { sid: 'x-_1' });
    trail?.decided('allow', 'r');
    trail?.complete(200);
    const sid = ['sallyport.dev/sid', 'x-_1'];
    const decision = ['authorization.k8s.io/decision', 'allow'];
    const reason = ['authorization.k8s.io/reason', 'r'];
    const annotations = () => events().map((event) => Object.entries(event.annotations ?? {}));
    expect(annotations()).toEqual([[sid], [decision, reason, sid]]);
    const more = begin('GET', POD, { sid: 'x-_1' });
    more?.annotate('z', '1');
    more?.decided('allow', 'r');
    more?.complete(200);
    expect(annotations()[3]).toEqual([decision, reason, sid, ['z', '1']]);
  });

  it.each([
    ['Metadata', false],
    ['Request', true],
    ['RequestResponse', true],
  ])('at level %s says what is for those who record bodies: %s', (level, isSaid) => {
    const { begin, events } = recording([{ level }]);
    const trail = begin('GET', POD);
    trail?.annotate('patch', '[]', 'Request');
    trail?.annotate('plain', '1');
    trail?.decided('allow', 'r');
    trail?.complete(200);
    const { annotations = {} } = events()[1] ?? {};
    expect([Object.hasOwn(annotations, 'patch'), annotations['plain']]).toEqual([isSaid, '1']);
  });

  it('never overwrites an annotation, and sorts them', () => {
    const { begin, events, warnings } = recording();
    const trail = begin('GET', POD);
    trail?.annotate('z', '1');
    trail?.annotate('z', '1');
    trail?.annotate('z', '2');
    trail?.annotate('a', '<');
    trail?.decided('allow', 'r');
    trail?.decided('deny', 's');
    trail?.complete(200);
    expect(Object.entries(events()[1]?.annotations ?? {})).toEqual([
      ['a', '<'],
      ['authorization.k8s.io/decision', 'allow'],
      ['authorization.k8s.io/reason', 'r'],
      ['z', '1'],
    ]);
    expect(warnings).toEqual(['audit annotation has a value already']);
  });

  it.each([
    ['GET', '/api/v1/pods?watch=1', true],
    ['GET', `${POD}/log?follow=1`, true],
    ['POST', `${POD}/exec?command=ls`, true],
    ['GET', '/api/v1/nodes/n/proxy/x', true],
    ['GET', '/debug/pprof/heap', true],
    ['GET', POD, false],
    ['GET', '/exec', false],
  ])('%s %s has ResponseStarted: %s', (method, target, longRunning) => {
    const { begin, events } = recording();
    const trail = begin(method, target);
    trail?.responseStarted(200);
    trail?.responseStarted(500);
    trail?.complete(500);
    expect(events().map(({ stage, responseStatus }) => [stage, responseStatus?.['code']])).toEqual([
      ['RequestReceived', undefined],
      ...(longRunning ? [['ResponseStarted', 200]] : []),
      ['ResponseComplete', 200],
    ]);
  });

  it('says that the connection closed early when there was no answer', () => {
    const { begin, events } = recording();
    begin('GET', POD)?.complete();
    expect(events()[1]?.responseStatus).toEqual({
      metadata: {},
      status: 'Success',
      message: 'Connection closed early',
      code: 200,
    });
  });

  it('ends with Panic when the program failed', () => {
    const { begin, events } = recording();
    const trail = begin('GET', POD);
    trail?.panicked('TypeError');
    trail?.complete(500);
    expect(events()[1]).toMatchObject({
      stage: 'Panic',
      responseStatus: {
        status: 'Failure',
        message: "APIServer panic'd: TypeError",
        reason: 'InternalError',
        code: 500,
      },
    });
    expect(events()).toHaveLength(2);
  });

  it('omits the stages that the policy omits', () => {
    const { begin, events } = recording([
      { level: 'Metadata', omitStages: ['RequestReceived', 'ResponseStarted'] },
    ]);
    begin('GET', '/api/v1/pods?watch=1')?.complete(200);
    expect(events().map(({ stage }) => stage)).toEqual(['ResponseComplete']);
  });

  it.each([[[]], [['RequestReceived']]])(
    'is refused when its event cannot be stored (omitting %j)',
    (omitStages) => {
      const { begin, lines } = recording([{ level: 'Metadata', omitStages }], { refuses: true });
      expect(() => begin('GET', POD)).toThrow('failed to store audit event');
      expect(lines).toEqual([]);
    },
  );
});

describe('an event is told to be the first, though a later one,', () => {
  const WATCH = '/api/v1/pods?watch=1';

  it.each<[string, string[], string, string[]]>([
    ['not when the first one is recorded', [], POD, []],
    [
      'when it is the first of a request that was let through',
      ['RequestReceived'],
      POD,
      ['ResponseComplete'],
    ],
    ['only the first of them', ['RequestReceived'], WATCH, ['ResponseStarted']],
    ['the first that is kept', ['RequestReceived', 'ResponseStarted'], WATCH, ['ResponseComplete']],
  ])('%s', (_name, omitStages, target, expected) => {
    const { begin, first } = recording([{ level: 'Metadata', omitStages }]);
    const trail = begin('GET', target);
    trail?.responseStarted(200);
    trail?.complete();
    expect(first).toEqual(expected);
  });

  it('not when the authentication failed', () => {
    const { begin, first, lines } = recording();
    begin('GET', POD, { user: undefined })?.complete(401);
    expect([lines.length, first]).toEqual([1, []]);
  });
});
