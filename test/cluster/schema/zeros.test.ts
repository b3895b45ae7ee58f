import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { applyDefaults, checkTypes, decodeStatus } from '../../../src/cluster/schema/index.ts';
import { samples } from '../samples.ts';
import { typeOf } from '../type-of.ts';

const pods = typeOf('/v1/pods');
const metadata = { name: 'a' };
const containers = [{ name: 'c', image: 'i' }];
const specOf = (object: KubeObject) => object['spec'] as Record<string, unknown>;

/** Recorded from a kube-apiserver 1.35.4. */
describe('what is zero to Go', () => {
  it.each([
    { hostNetwork: false, hostPID: false, hostIPC: false, nodeName: '', priorityClassName: '' },
    { nodeSelector: {}, tolerations: [], hostname: null, subdomain: '', affinity: null },
    {
      containers: [
        { name: 'c', image: 'i', tty: false, stdin: false, workingDir: '', command: [], env: null },
      ],
    },
  ])('is as if it were not there: %j', (zeros) => {
    const plain = applyDefaults(pods, { metadata, spec: { containers } });
    expect(applyDefaults(pods, { metadata, spec: { containers, ...zeros } })).toEqual(plain);
  });

  it.each([
    { shareProcessNamespace: false, automountServiceAccountToken: false, terminationGracePeriodSeconds: 0 },
    { setHostnameAsFQDN: false, enableServiceLinks: false, preemptionPolicy: '', runtimeClassName: '' },
    { securityContext: { runAsUser: 0, runAsNonRoot: false, fsGroupChangePolicy: '' } },
  ])('stays where Go holds it behind a pointer: %j', (zeros) => {
    expect(specOf(applyDefaults(pods, { metadata, spec: { containers, ...zeros } }))).toMatchObject(zeros);
  });

  it('is written where Go has no omitempty, and structs that are held by value are never absent', () => {
    const divided = { name: 'E', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } };
    const claim = { name: 'v', ephemeral: { volumeClaimTemplate: { spec: {} } } };
    const spec = { containers: [{ image: 'i', env: [divided] }], volumes: [claim] };
    expect(specOf(applyDefaults(pods, { metadata, spec }))).toMatchObject({
      containers: [{ name: '', env: [{ valueFrom: { resourceFieldRef: { divisor: '0' } } }], resources: {} }],
      volumes: [{ ephemeral: { volumeClaimTemplate: { metadata: {}, spec: { resources: {} } } } }],
    });
  });

  it.each<readonly [string, unknown, unknown]>([
    ['apps/v1/deployments', undefined, {}],
    ['apps/v1/statefulsets', {}, { replicas: 0, availableReplicas: 0 }],
    [
      'autoscaling/v2/horizontalpodautoscalers',
      { currentReplicas: 0 },
      { desiredReplicas: 0, currentMetrics: null },
    ],
    [
      'batch/v1/jobs',
      { active: 0, ready: 0, conditions: [{ type: 'Complete', status: 'True', reason: '' }] },
      {
        ready: 0,
        conditions: [{ type: 'Complete', status: 'True', lastProbeTime: null, lastTransitionTime: null }],
      },
    ],
    [
      '/v1/pods',
      { containerStatuses: [{ name: 'c' }] },
      {
        containerStatuses: [
          { name: 'c', state: {}, lastState: {}, ready: false, restartCount: 0, image: '', imageID: '' },
        ],
      },
    ],
  ])('is shown or left out of a status as by Go: %s %j', (path, status, expected) => {
    expect(decodeStatus(typeOf(path), status)).toEqual(expected);
  });

  it('a list that is kept as JSON may be empty', () => {
    const definition = typeOf('apiextensions.k8s.io/v1/customresourcedefinitions');
    expect(decodeStatus(definition, { storedVersions: [] })).toMatchObject({
      storedVersions: [],
      conditions: null,
    });
  });
});

it('decoding twice is decoding once, whatever zeros there are', () => {
  const zero = fc.constantFrom(null, '', 0, false, [], {});
  const edits = fc.array(fc.tuple(fc.nat(), zero), { maxLength: 5 });
  const kinds = fc.constantFrom(
    ...Object.keys(samples).filter((key) => /pods|sets|deployments|jobs/.test(key)),
  );
  fc.assert(
    fc.property(kinds, edits, (key, changes) => {
      const object: KubeObject = { metadata, ...structuredClone(samples[key]) };
      for (const [at, value] of changes) put(specOf(object), at, value);
      fc.pre(checkTypes(typeOf(key), object) === undefined);
      const once = applyDefaults(typeOf(key), object);
      expect(applyDefaults(typeOf(key), once)).toEqual(once);
    }),
    { numRuns: 200 },
  );
});

/** Another value for one of the members. */
function put(object: Record<string, unknown>, at: number, value: unknown): void {
  const keys = Object.keys(object);
  const key = keys[at % Math.max(keys.length, 1)];
  if (key !== undefined) object[key] = value;
}
