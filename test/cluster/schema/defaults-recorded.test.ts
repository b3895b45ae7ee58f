import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInTable, type KubeObject } from '../../../src/cluster/resources/index.ts';
import { applyDefaults } from '../../../src/cluster/schema/index.ts';
import { container, create, labels, metadata, selector, template } from './objects.ts';

/** What differs from run to run or is not of the schema: times, uids, the recorded server's own extras. */
function masked(object: KubeObject): unknown {
  const {
    uid: _uid,
    creationTimestamp: _time,
    generation: _generation,
    namespace: _namespace,
    ...metadata
  } = object.metadata;
  const text = JSON.stringify({ ...object, metadata });
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, '<uid>'));
}

const recorded = new Map(
  readFileSync(new URL('../../corpus/cluster/defaults.txt', import.meta.url), 'utf8')
    .replace(
      ',{"configMap":{"name":"openshift-service-ca.crt","items":[{"key":"service-ca.crt","path":"service-ca.crt"}]}}',
      '',
    )
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as KubeObject)
    .map((object) => [object.kind ?? '', object]),
);

describe('a minimal object', () => {
  const minimal: Record<string, object> = {
    Pod: {
      apiVersion: 'v1',
      spec: {
        containers: [
          {
            name: 'c',
            image: 'nginx',
            ports: [{ containerPort: 80 }],
            livenessProbe: { httpGet: { port: 80 } },
          },
        ],
      },
    },
    Deployment: {
      apiVersion: 'apps/v1',
      spec: {
        selector,
        template: template({
          volumes: [
            { name: 'v', configMap: { name: 'c' } },
            { name: 's', secret: { secretName: 'c' } },
          ],
          containers: [{ name: 'c', image: 'i:1' }],
        }),
      },
    },
    Service: { apiVersion: 'v1', spec: { selector: labels, ports: [{ port: 80 }] } },
    PersistentVolumeClaim: {
      apiVersion: 'v1',
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    StatefulSet: {
      apiVersion: 'apps/v1',
      spec: { serviceName: 's', selector, template: template({ containers: [container] }) },
    },
    Job: {
      apiVersion: 'batch/v1',
      spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } },
    },
    NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', spec: { podSelector: {}, ingress: [{}] } },
    Node: { apiVersion: 'v1' },
    Lease: { apiVersion: 'coordination.k8s.io/v1', spec: { holderIdentity: 'a' } },
    ClusterRole: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    },
  };

  it.each(Object.keys(minimal))('of kind %s becomes what kube-apiserver returned', (kind) => {
    const created = create({ kind, metadata, ...minimal[kind] });
    const expected = recorded.get(kind);
    expect(expected).toBeDefined();
    // The priority comes of looking at priority classes, which is admission's.
    if (kind === 'Pod')
      Object.assign(created['spec'] as object, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    expect(masked(created)).toEqual(masked(expected ?? { metadata: {} }));
  });
});

describe('applyDefaults', () => {
  it('changes nothing when it is applied again', () => {
    for (const [kind, object] of recorded) {
      const type = builtInTable.types.find((each) => each.kind === kind);
      if (type === undefined) continue;
      expect(applyDefaults(type, object), kind).toEqual(object);
    }
  });
});
