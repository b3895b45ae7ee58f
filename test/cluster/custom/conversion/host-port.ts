import type { ConversionWebhook } from './conversion-webhook.ts';

const replicas = { type: 'integer', default: 1 };
const note = { type: 'string' };
const status = { type: 'object', properties: { phase: { type: 'string' }, replicas: { type: 'integer' } } };

const subresources = {
  status: {},
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
};

function version(name: string, storage: boolean, properties: object, more: object = {}) {
  const spec = { type: 'object', properties: { replicas, note, ...properties } };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec, status } } };
  return { name, served: true, storage, schema, subresources, ...more };
}

/**
 * Two versions with other fields, each with a default of its own.
 * @param storage the version that objects are kept in
 */
export function versionsKeptIn(storage: 'v1beta1' | 'v1') {
  const text = { type: 'string' };
  return [
    version('v1beta1', storage === 'v1beta1', {
      hostPort: { type: 'string', pattern: '^[^:]*:[^:]*$' },
      old: { type: 'string', default: 'beta' },
    }),
    version(
      'v1',
      storage === 'v1',
      { host: text, port: text, fresh: { type: 'string', default: 'stable' } },
      {
        additionalPrinterColumns: [
          { name: 'Host', type: 'string', jsonPath: '.spec.host', description: `kept in ${storage}` },
        ],
      },
    ),
  ];
}

/** The definition of the HostPorts that a webhook converts. */
export function hostPorts(
  { url, caBundle }: Pick<ConversionWebhook, 'url' | 'caBundle'>,
  reviewVersions: readonly string[] = ['v1'],
) {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'hostports.conv.example.com' },
    spec: {
      group: 'conv.example.com',
      scope: 'Namespaced',
      names: { plural: 'hostports', kind: 'HostPort' },
      versions: versionsKeptIn('v1beta1'),
      conversion: {
        strategy: 'Webhook',
        webhook: { clientConfig: { url, caBundle }, conversionReviewVersions: reviewVersions },
      },
    },
  };
}

export const v1Path = '/apis/conv.example.com/v1/namespaces/default/hostports';
export const betaPath = v1Path.replace('/v1/', '/v1beta1/');

/** In v1. */
export function hostPort(name: string, spec: object = {}, metadata: object = {}) {
  return {
    apiVersion: 'conv.example.com/v1',
    kind: 'HostPort',
    metadata: { name, ...metadata },
    spec: { host: 'a', port: '1', ...spec },
  };
}

/** In v1beta1. */
export function betaHostPort(name: string, spec: object = {}, metadata: object = {}) {
  return {
    apiVersion: 'conv.example.com/v1beta1',
    kind: 'HostPort',
    metadata: { name, ...metadata },
    spec: { hostPort: 'a:1', ...spec },
  };
}
