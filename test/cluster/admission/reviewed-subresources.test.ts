import { describe, expect, it } from 'vitest';
import { denied, mergePatch, patching, reviewedCluster } from './admission-webhook.ts';

const { send, respond, questions, validating, mutating } = reviewedCluster();

describe('subresources', () => {
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const rule = (resource: string, operations = ['*']) => ({
    operations,
    apiGroups: ['*'],
    apiVersions: ['*'],
    resources: [resource],
  });

  it('of status show the object, and may change it there', async () => {
    await send('POST', '/api/v1/namespaces', { metadata: { name: 'a-status' } });
    await mutating(rule('namespaces/status'));
    respond(patching({ op: 'add', path: '/metadata/annotations', value: { seen: 'yes' } }));
    const { json: object } = await send(
      'PATCH',
      '/api/v1/namespaces/a-status/status',
      { status: { conditions: [{ type: 'A', status: 'True' }] } },
      mergePatch,
    );
    expect(object.metadata.annotations).toEqual({ seen: 'yes' });
    expect(questions()).toMatchObject([
      {
        subResource: 'status',
        requestSubResource: 'status',
        namespace: 'a-status',
        kind: { kind: 'Namespace' },
      },
    ]);
  });

  it('of scale show a Scale, whose number may be changed', async () => {
    const labels = { app: 'a' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a' }] } };
    await send('POST', deployments, {
      metadata: { name: 'scaled' },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    });
    await mutating(rule('deployments/scale'));
    respond(patching({ op: 'replace', path: '/spec/replicas', value: 7 }));
    const { json: scale } = await send(
      'PATCH',
      `${deployments}/scaled/scale`,
      { spec: { replicas: 3 } },
      mergePatch,
    );
    expect(scale.spec.replicas).toBe(7);
    expect(questions()).toMatchObject([
      {
        kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        resource: { resource: 'deployments' },
        object: { kind: 'Scale', spec: { replicas: 3 } },
        oldObject: { kind: 'Scale', spec: { replicas: 1 } },
      },
    ]);
  });

  it('that carry something of their own show it', async () => {
    await send('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    await validating(rule('pods/*'));
    respond(denied({ message: 'no' }));
    const pod = '/api/v1/namespaces/default/pods/p';
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
    const binding = { target: { kind: 'Node', name: 'n' } };
    const answers = [
      await send('POST', `${pod}/eviction`, eviction),
      await send('POST', `${pod}/binding`, binding),
      await send('GET', `${pod}/exec?command=ls&command=-l&stdout=true&container=c`),
      await send('GET', `${pod}/attach?stdin=true`),
      await send('GET', `${pod}/portforward?ports=80`),
    ];
    expect(answers.map(({ code, json: body }) => [code, body.message])).toEqual(
      answers.map(() => [400, expect.stringContaining('denied the request: no')]),
    );
    const asked = questions();
    expect(asked.map(({ operation, subResource, kind }) => [operation, subResource, kind.kind])).toEqual([
      ['CREATE', 'eviction', 'Eviction'],
      ['CREATE', 'binding', 'Binding'],
      ['CONNECT', 'exec', 'PodExecOptions'],
      ['CONNECT', 'attach', 'PodAttachOptions'],
      ['CONNECT', 'portforward', 'PodPortForwardOptions'],
    ]);
    expect(asked[2].object).toEqual({
      kind: 'PodExecOptions',
      apiVersion: 'v1',
      stdout: true,
      container: 'c',
      command: ['ls', '-l'],
    });
    expect(asked[2].options).toBeNull();
  });

  it('of tokens are asked for by a TokenRequest', async () => {
    await send('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'sa' } });
    await mutating(rule('serviceaccounts/token'));
    respond(patching({ op: 'add', path: '/spec/expirationSeconds', value: 900 }));
    const answer = await send('POST', '/api/v1/namespaces/default/serviceaccounts/sa/token', {
      spec: {},
    });
    expect(answer.json.spec.expirationSeconds).toBe(900);
    expect(questions()).toMatchObject([{ kind: { group: 'authentication.k8s.io', kind: 'TokenRequest' } }]);
  });
});
