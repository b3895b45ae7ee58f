import type { KubeObject } from '../../../src/cluster/index.ts';
import { eventually, type TestCluster } from '../support.ts';

/** The CronTab of Kubernetes' documentation, with a second version and everything that a version may have. */
export const cronTabs = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] },
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: false,
        deprecated: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: specSchema(false), status: statusSchema() },
          },
        },
        subresources: { status: {} },
      },
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', properties: { spec: specSchema(true), status: statusSchema() } },
        },
        additionalPrinterColumns: [
          { name: 'Spec', type: 'string', description: 'The cron spec', jsonPath: '.spec.cronSpec' },
          { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas', priority: 1 },
          { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        selectableFields: [{ jsonPath: '.spec.image' }],
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.labelSelector',
          },
        },
      },
    ],
  },
};

function specSchema(hasTimeZone: boolean) {
  return {
    type: 'object',
    required: ['cronSpec'],
    properties: {
      cronSpec: { type: 'string', pattern: String.raw`^(\d+|\*)(/\d+)?(\s+(\d+|\*)(/\d+)?){4}$` },
      image: { type: 'string', maxLength: 20 },
      replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
      port: { 'x-kubernetes-int-or-string': true },
      policy: { type: 'string', enum: ['Allow', 'Forbid'], default: 'Allow' },
      extra: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      env: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: {
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string' }, value: { type: 'string', default: '' } },
        },
      },
      hosts: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      ...(hasTimeZone ? { timeZone: { type: 'string', nullable: true } } : {}),
    },
  };
}

function statusSchema() {
  return {
    type: 'object',
    properties: {
      replicas: { type: 'integer' },
      labelSelector: { type: 'string' },
      conditions: {
        type: 'array',
        items: { type: 'object', properties: { type: { type: 'string' }, status: { type: 'string' } } },
      },
    },
  };
}

export const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
export const cronTabsPath = '/apis/stable.example.com/v1/namespaces/default/crontabs';

export function cronTab(name: string, spec: object = {}, more: object = {}): KubeObject {
  return {
    apiVersion: 'stable.example.com/v1',
    kind: 'CronTab',
    metadata: { name },
    spec: { cronSpec: '* * * * */5', image: 'my-image', ...spec },
    ...more,
  };
}

/** Makes a definition and waits until it is established. */
export async function define(
  cluster: TestCluster,
  definition: { readonly metadata: { readonly name: string }; readonly spec: object },
): Promise<KubeObject> {
  const created = await cluster.send('POST', definitionsPath, definition);
  if (created.code !== 201) throw new Error(created.text);
  return established(cluster, definition.metadata.name);
}

export function established(cluster: TestCluster, name: string): Promise<KubeObject> {
  return eventually(async () => {
    const { json } = await cluster.send('GET', `${definitionsPath}/${name}`);
    const conditions: { type: string; status: string }[] = json.status?.conditions ?? [];
    return conditions.some((each) => each.type === 'Established' && each.status === 'True')
      ? json
      : undefined;
  });
}
