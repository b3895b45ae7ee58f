import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followHooks, type HookMetrics, uncounted } from '../../../src/cluster/admission/index.ts';
import { createObjectStore } from '../../../src/cluster/objects/object-store.ts';
import { builtInTable, coreType } from '../../../src/cluster/resources/index.ts';
import { createMemoryStore } from '../../../src/store/index.ts';
import { openConversionWebhook } from '../custom/conversion/conversion-webhook.ts';
import { hostPort, hostPorts, v1Path } from '../custom/conversion/host-port.ts';
import { configMap, eventually, startCluster, type TestCluster } from '../support.ts';
import {
  type AdmissionWebhook,
  configMaps,
  configurations,
  denied,
  openAdmissionWebhook,
  patching,
  ruleOf,
  webhookConfiguration,
} from './admission-webhook.ts';

const mutatingPath = `${configurations}mutatingwebhookconfigurations`;
const validatingPath = `${configurations}validatingwebhookconfigurations`;

let webhook: AdmissionWebhook;
let cluster: TestCluster;
const counted: unknown[] = [];
const hookMetrics: HookMetrics = {
  asked: (...of) => counted.push(['asked', ...of.slice(0, 5)]),
  rejected: (...of) => counted.push(['rejected', ...of]),
  failedOpen: (...of) => counted.push(['failedOpen', ...of]),
};

beforeAll(async () => {
  webhook = await openAdmissionWebhook();
  cluster = await startCluster({ runsControllers: true, hookMetrics });
});

afterAll(() => Promise.all([cluster.close(), webhook.close()]));

const hook = (rule: object, more: object = {}) => ({
  clientConfig: webhook.at('/'),
  rules: [rule],
  ...more,
});

describe('what controllers write', () => {
  it('is shown to webhooks in their names, and refused as anybody’s', async () => {
    const pods = ruleOf('pods', ['CREATE']);
    await cluster.send('POST', mutatingPath, webhookConfiguration('Mutating', 'pods', [hook(pods)]));
    webhook.answer(
      patching({ op: 'add', path: '/spec/containers/-', value: { name: 'sidecar', image: 's' } }),
    );
    const labels = { app: 'web' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'w' }] } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    await cluster.send('POST', '/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'web' },
      spec,
    });
    const pod = await eventually(async () => {
      const { json } = await cluster.send('GET', '/api/v1/namespaces/default/pods');
      return json.items[0];
    });
    const mounts = pod.spec.containers.map((each: { volumeMounts: { name: string }[] }) =>
      each.volumeMounts.map(({ name }) => name),
    );
    expect(pod.spec.containers.map(({ name }: { name: string }) => name)).toEqual(['web', 'sidecar']);
    // What the service account adds, both have, from one volume.
    expect(pod.spec.volumes).toHaveLength(1);
    expect(mounts).toEqual([[pod.spec.volumes[0].name], [pod.spec.volumes[0].name]]);
    expect(webhook.asked()).toMatchObject([
      {
        userInfo: { username: 'system:serviceaccount:kube-system:replicaset-controller' },
        object: {
          metadata: { generateName: expect.stringMatching(/^web-/) },
          spec: { serviceAccountName: 'default' },
        },
      },
    ]);
    webhook.answer(denied({ message: 'no pods' }));
    await cluster.send('POST', '/apis/apps/v1/namespaces/default/replicasets', {
      metadata: { name: 'refused' },
      spec: {
        ...spec,
        selector: { matchLabels: { app: 'other' } },
        template: { ...template, metadata: { labels: { app: 'other' } } },
      },
    });
    const failure = await eventually(async () => {
      const { json } = await cluster.send('GET', '/apis/apps/v1/namespaces/default/replicasets/refused');
      return json.status?.conditions?.[0];
    });
    expect(failure).toMatchObject({
      type: 'ReplicaFailure',
      message: 'admission webhook "0.pods.example.com" denied the request: no pods',
    });
    await cluster.send('DELETE', `${mutatingPath}/pods`);
    webhook.asked();
  });
});

describe('custom resources', () => {
  it('are shown in the version of the rule, by their own webhook, and taken back', async () => {
    const conversion = await openConversionWebhook();
    try {
      await cluster.send(
        'POST',
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
        hostPorts(conversion),
      );
      const rule = {
        operations: ['CREATE'],
        apiGroups: ['conv.example.com'],
        apiVersions: ['v1beta1'],
        resources: ['hostports'],
      };
      await cluster.send('POST', mutatingPath, webhookConfiguration('Mutating', 'crs', [hook(rule)]));
      webhook.answer(patching({ op: 'replace', path: '/spec/hostPort', value: 'b:2' }));
      const { json: object } = await cluster.send('POST', v1Path, hostPort('shown'));
      expect(object).toMatchObject({ apiVersion: 'conv.example.com/v1', spec: { host: 'b', port: '2' } });
      expect(webhook.asked()).toMatchObject([
        {
          kind: { version: 'v1beta1', kind: 'HostPort' },
          requestKind: { version: 'v1' },
          object: { apiVersion: 'conv.example.com/v1beta1', spec: { hostPort: 'a:1' } },
        },
      ]);
    } finally {
      await cluster.send('DELETE', `${mutatingPath}/crs`);
      await conversion.close();
    }
  });
});

describe('metrics', () => {
  it('count what becomes of asking', async () => {
    counted.length = 0;
    const rule = ruleOf('configmaps');
    const gone = { clientConfig: { url: 'https://127.0.0.1:1/' } };
    const webhooks = [hook(rule), hook(rule, { ...gone, failurePolicy: 'Ignore' }), hook(rule, gone)];
    await cluster.send('POST', validatingPath, webhookConfiguration('Validating', 'm', webhooks));
    webhook.answer(denied({ code: 403 }));
    expect((await cluster.send('POST', configMaps, configMap('counted'))).code).toBe(403);
    await cluster.send('DELETE', `${validatingPath}/m`);
    const of = (index: number) => [`${index}.m.example.com`, 'validating', 'CREATE'];
    expect(counted).toHaveLength(6);
    expect(counted).toEqual(
      expect.arrayContaining([
        ['asked', ...of(0), true, 403],
        ['rejected', ...of(0), 'no_error', 403],
        ['asked', ...of(1), false, 503],
        ['failedOpen', '1.m.example.com', 'validating'],
        ['asked', ...of(2), true, 503],
        ['rejected', ...of(2), 'calling_webhook_error', 503],
      ]),
    );
    webhook.asked();
  });
});

describe('hooks', () => {
  it('are known after a restart, and are one lookup for a kind of requests', async () => {
    const store = createMemoryStore();
    const before = await startCluster({ store });
    await before.send(
      'POST',
      validatingPath,
      webhookConfiguration('Validating', 'kept', [hook(ruleOf('configmaps'))]),
    );
    await before.close();
    const objects = createObjectStore(store);
    const hooks = await followHooks({
      store,
      objects,
      resources: { table: () => builtInTable },
      openWebhook: () => ({ post: async () => ({}), close: () => {} }),
      metrics: uncounted,
      onError: () => {},
    });
    const asked = { type: coreType('configmaps'), operation: 'CREATE', subresource: '' } as const;
    const found = hooks.of(asked);
    expect(found).toBeDefined();
    expect(hooks.of({ ...asked })).toBe(found);
    expect(hooks.of({ ...asked, type: coreType('pods') })).toBeUndefined();
    hooks.close();
  });
});
