import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samples } from '../samples.ts';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const core = '/api/v1/namespaces/default';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const metaScheme = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27';
const scheme = 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
  await cluster.send('POST', `${core}/configmaps`, configMap('x'));
});
afterEach(() => cluster.close());

const isThere = async () => (await cluster.send('GET', `${core}/configmaps/x`)).code === 200;

/** Recorded from a kube-apiserver 1.35.4. */
describe('a DELETE whose body is not understood', () => {
  const struct =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  it.each<readonly [unknown, string]>([
    [
      '5',
      `couldn't get version/kind; json parse error: json: cannot unmarshal number into Go value of type ${struct}`,
    ],
    ['{', "couldn't get version/kind; json parse error: unexpected end of JSON input"],
    [{ kind: 'Nope' }, `no kind "Nope" is registered for version "meta.k8s.io/v1" in scheme "${metaScheme}"`],
    [configMap('x'), `no kind "ConfigMap" is registered for version "v1" in scheme "${metaScheme}"`],
    [
      { kind: 'Status', apiVersion: 'v1' },
      'converting (v1.Status) to (v1.DeleteOptions): unknown conversion',
    ],
    [{ kind: 'DeleteOptions', apiVersion: 'a/b/c' }, 'unexpected GroupVersion string: a/b/c'],
    [
      { dryRun: 'All' },
      'json: cannot unmarshal string into Go struct field DeleteOptions.dryRun of type []string',
    ],
    [
      { dryRun: [5] },
      'json: cannot unmarshal number into Go struct field DeleteOptions.dryRun of type string',
    ],
    [
      { propagationPolicy: 5 },
      'json: cannot unmarshal number into Go struct field DeleteOptions.propagationPolicy of type v1.DeletionPropagation',
    ],
    [
      { gracePeriodSeconds: 1.5 },
      'json: cannot unmarshal number 1.5 into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    ],
    [
      { preconditions: { uid: 5 } },
      'json: cannot unmarshal number into Go struct field Preconditions.preconditions.uid of type types.UID',
    ],
  ])('deletes nothing: %j', async (body, message) => {
    for (const path of [`${core}/configmaps/x`, `${core}/configmaps`]) {
      const { code, json } = await cluster.send('DELETE', path, body);
      expect([code, json.reason, json.message]).toEqual([400, 'BadRequest', message]);
    }
    expect(await isThere()).toBe(true);
  });

  it.each([
    ['?uid=other', 409],
    ['?resourceVersion=1', 409],
    ['?gracePeriodSeconds=', 400],
    ['?propagationPolicy=', 422],
  ])('deletes nothing for %s either', async (query, code) => {
    expect((await cluster.send('DELETE', `${core}/configmaps/x${query}`)).code).toBe(code);
    expect(await isThere()).toBe(true);
  });

  it.each([
    'null',
    {},
    { kind: 'DeleteOptions', apiVersion: 'v9' },
    { kind: 'DeleteOptions', apiVersion: 'example.com/v1', foo: 1 },
    { GracePeriodSeconds: 'x' },
  ])('is one of no version and without unknown fields: %j', async (body) => {
    expect((await cluster.send('DELETE', `${core}/configmaps/x`, body)).code).toBe(200);
  });
});

/** Recorded from a kube-apiserver 1.35.4. */
describe('what subresources take', () => {
  beforeEach(async () => {
    await cluster.send('POST', `${core}/pods`, { metadata: { name: 'p' }, ...samples['/v1/pods'] });
    await cluster.send('POST', deployments, { metadata: { name: 'd' }, ...samples['apps/v1/deployments'] });
  });

  const pod = `${core}/pods/p`;
  const token = `${core}/serviceaccounts/default/token`;
  const scale = `${deployments}/d/scale`;
  it.each<readonly [string, string, unknown, number, string]>([
    ['POST', `${pod}/eviction`, {}, 400, 'name in URL does not match name in Eviction object'],
    [
      'POST',
      `${pod}/eviction`,
      configMap('p'),
      400,
      'ConfigMap in version "v1" cannot be handled as a Eviction: converting (v1.ConfigMap) to (policy.Eviction): unknown conversion',
    ],
    [
      'POST',
      `${pod}/eviction`,
      { metadata: { name: 'p' }, deleteOptions: { gracePeriodSeconds: 'x' } },
      400,
      'Eviction in version "v1" cannot be handled as a Eviction: json: cannot unmarshal string into Go struct field DeleteOptions.deleteOptions.gracePeriodSeconds of type int64',
    ],
    [
      'POST',
      `${pod}/eviction?fieldValidation=Strict`,
      { metadata: { name: 'p' }, foo: 1 },
      400,
      'Eviction in version "v1" cannot be handled as a Eviction: strict decoding error: unknown field "foo"',
    ],
    [
      'POST',
      `${pod}/binding`,
      { target: { name: 'n' } },
      400,
      'name in URL does not match name in Binding object',
    ],
    ['POST', `${pod}/binding`, { metadata: { name: 'p' } }, 500, 'target.name: Required value'],
    [
      'POST',
      `${pod}/binding`,
      { metadata: { name: 'p' }, target: { kind: 'Pod' } },
      500,
      '[target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]',
    ],
    [
      'POST',
      token,
      { kind: 'Nope' },
      400,
      `Nope in version "v1" cannot be handled as a TokenRequest: no kind "Nope" is registered for version "authentication.k8s.io/v1" in scheme "${scheme}"`,
    ],
    [
      'POST',
      token,
      { metadata: { name: 'other' } },
      422,
      'TokenRequest.authentication.k8s.io "default" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
    ],
    ['POST', token, { spec: { boundObjectRef: {} } }, 400, 'cannot bind token to object of type /, Kind='],
    [
      'PUT',
      scale,
      { kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'd' } },
      400,
      'Deployment in version "v1" cannot be handled as a Scale: converting (v1.Deployment) to (autoscaling.Scale): unknown conversion',
    ],
    [
      'PUT',
      scale,
      { metadata: { name: 'd' }, status: { replicas: 'x' } },
      400,
      'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field ScaleStatus.status.replicas of type int32',
    ],
  ])('%s of %s, given %j, is refused', async (method, path, body, code, message) => {
    const { code: answered, json } = await cluster.send(method, path, body);
    expect([answered, json.message]).toEqual([code, message]);
  });

  it('a Binding puts its labels and annotations on the pod', async () => {
    const metadata = { name: 'p', labels: { zone: 'a' }, annotations: { by: 'me' } };
    expect((await cluster.send('POST', `${pod}/binding`, { metadata, target: { name: 'n' } })).code).toBe(
      201,
    );
    const bound = (await cluster.send('GET', pod)).json;
    expect([bound.spec.nodeName, bound.metadata.labels.zone, bound.metadata.annotations.by]).toEqual([
      'n',
      'a',
      'me',
    ]);
  });

  it.each<readonly [object, number, string]>([
    [{ apiVersion: 'apps/v1', kind: 'Deployment' }, 400, 'invalid object type: apps/v1, Kind=Deployment'],
    [{}, 400, 'invalid object type: /, Kind='],
    [
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 'x' } },
      500,
      'failed to create typed patch object (/d; autoscaling/v1, Kind=Scale): .spec.replicas: expected numeric (int or float), got string',
    ],
    [
      { apiVersion: 'autoscaling/v1', kind: 'Scale', foo: 1 },
      500,
      'failed to create typed patch object (/; autoscaling/v1, Kind=Scale): .foo: field not declared in schema',
    ],
  ])('%j is not applied to a scale', async (body, code, message) => {
    const { code: answered, json } = await cluster.send('PATCH', `${scale}?fieldManager=m`, body, {
      'Content-Type': 'application/apply-patch+yaml',
    });
    expect([answered, json.message]).toEqual([code, message]);
  });

  it('a patch of a scale warns of what a Scale does not have, and is none of another kind', async () => {
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    const warned = await cluster.send('PATCH', scale, { foo: 1 }, merge);
    expect([warned.code, warned.headers.get('warning')]).toEqual([200, '299 - "unknown field \\"foo\\""']);
    expect((await cluster.send('PATCH', scale, { kind: 'Nope' }, merge)).code).toBe(422);
  });
});

/** Recorded from a kube-apiserver 1.35.4. */
it.each<readonly [object, string]>([
  [
    { volumes: [{ name: 'v', configMap: { name: 5 } }] },
    'json: cannot unmarshal number into Go struct field ConfigMapVolumeSource.spec.volumes.VolumeSource.configMap.LocalObjectReference.name of type string',
  ],
  [
    { containers: [{ name: 'c', livenessProbe: { httpGet: { port: true } } }] },
    'json: cannot unmarshal bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32',
  ],
  [
    { restartPolicy: {} },
    'json: cannot unmarshal object into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
  ],
])('values of a wrong type are named as Go names their place: %j', async (spec, problem) => {
  const { json } = await cluster.send('POST', `${core}/pods`, { metadata: { name: 'q' }, spec });
  expect(json.message).toBe(`Pod in version "v1" cannot be handled as a Pod: ${problem}`);
});
