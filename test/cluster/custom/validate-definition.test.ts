import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../src/cluster/custom/definition/definition.ts';
import { validateDefinition } from '../../../src/cluster/custom/index.ts';
import type { JsonSchema } from '../../../src/cluster/custom/structural/json-schema.ts';
import { fieldErrorBody } from '../../../src/kube/index.ts';

const names = { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', listKind: 'CronTabList' };

function definition(spec: object = {}, version: object = {}, metadata: object = {}): Definition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'crontabs.example.com', ...metadata },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names,
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' } },
          ...version,
        },
      ],
      conversion: { strategy: 'None' },
      ...spec,
    },
    status: { storedVersions: ['v1'] },
  };
}

const pemOf = (label: string) =>
  Buffer.from(`-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`).toString('base64');

/** With a webhook that is there. */
const converted = (clientConfig: object, spec: object = {}, conversionReviewVersions = ['v1']) =>
  definition({
    ...spec,
    conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions } },
  });

const ofSchema = (openAPIV3Schema: object, version: object = {}) =>
  definition({}, { schema: { openAPIV3Schema }, ...version });
const ofSpec = (spec: object, version?: object) =>
  ofSchema({ type: 'object', properties: { spec } }, version);

function errors(object: Definition, old?: Definition): string[] {
  return validateDefinition(object, old).map((each) => `${each.field}: ${fieldErrorBody(each)}`);
}

const schemaPath = 'spec.validation.openAPIV3Schema';
const specPath = `${schemaPath}.properties[spec]`;

describe('validateDefinition', () => {
  it('takes what is in order', () => {
    expect(errors(definition())).toEqual([]);
  });

  it.each<[Definition, string]>([
    [
      definition({}, {}, { name: 'other.example.com' }),
      'metadata.name: Invalid value: "other.example.com": must be spec.names.plural+"."+spec.group',
    ],
    [
      definition({ group: 'example' }, {}, { name: 'crontabs.example' }),
      'spec.group: Invalid value: "example": should be a domain with at least one dot',
    ],
    [
      definition({ scope: 'Global' }),
      'spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"',
    ],
    [
      definition({ names: { ...names, listKind: 'CronTab' } }),
      'spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same',
    ],
    [definition({ names: { ...names, kind: undefined } }), 'spec.names.kind: Required value'],
    [definition({}, { storage: false }), 'must have exactly one version marked as storage version'],
    [
      definition({}, { name: 'V1' }),
      'spec.versions[0].name: Invalid value: "V1": a DNS-1035 label must consist of',
    ],
    [definition({}, { schema: undefined }), 'spec.versions[0].schema.openAPIV3Schema: Required value'],
    [
      definition({}, { deprecationWarning: 'old' }),
      'spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions',
    ],
    [
      definition({ preserveUnknownFields: true }),
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true',
    ],
    [
      definition({ conversion: { strategy: 'Magic' } }),
      'spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"',
    ],
    [
      definition({ conversion: { strategy: 'None', webhook: { clientConfig: { url: 'https://a' } } } }),
      'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook',
    ],
    [
      definition({ conversion: { strategy: 'None', webhook: { conversionReviewVersions: ['v1'] } } }),
      'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy',
    ],
    [
      definition({ conversion: { strategy: 'Webhook' } }),
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook\n' +
        'spec.conversion.conversionReviewVersions: Required value',
    ],
    [
      converted({ url: 'https://a' }, { preserveUnknownFields: true }),
      'spec.conversion.strategy: Invalid value: "Webhook": must be None if spec.preserveUnknownFields is true',
    ],
    [
      converted({}),
      'spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required',
    ],
    [
      converted({ url: 'http://me:pw@a/b?c#d' }),
      [
        `Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
        'Invalid value: "me:pw": user information is not permitted in the URL',
        'Invalid value: "d": fragments are not permitted in the URL',
        'Invalid value: "c": query parameters are not permitted in the URL',
      ]
        .map((problem) => `spec.conversion.webhookClientConfig.url: ${problem}`)
        .join('\n'),
    ],
    [
      converted({ url: 'nowhere' }),
      `spec.conversion.webhookClientConfig.url: Invalid value: "": 'https' is the only allowed URL scheme; desired format: https://host[/path]\n` +
        'spec.conversion.webhookClientConfig.url: Invalid value: "": host must be specified',
    ],
    [
      converted({ url: 'https://[::1' }),
      'spec.conversion.webhookClientConfig.url: Required value: url must be a valid URL: parse',
    ],
    [
      converted({ service: { name: '', namespace: 'a', port: 0, path: 'x//Y' } }),
      [
        'namespace: Required value',
        'port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
        `path: Invalid value: "x//Y": must start with a '/'`,
        'path: Invalid value: "x//Y": segment[0] may not be empty',
        'path: Invalid value: "x//Y": segment[1] may not be empty',
        'path: Invalid value: "x//Y": segment[2]: a lowercase RFC 1123 subdomain must consist of',
      ]
        .map((problem) => `spec.conversion.webhookClientConfig.service.${problem}`)
        .join('\n'),
    ],
    [
      converted({ url: 'https://a', caBundle: Buffer.from('nothing').toString('base64') }),
      'spec.conversion.webhookClientConfig.caBundle: Invalid value: "bm90aGluZw==": unable to load root certificates: unable to parse bytes as PEM block',
    ],
    [
      converted({ url: 'https://a', caBundle: pemOf('PUBLIC KEY') }),
      'no valid certificate authority data seen',
    ],
    [
      converted({ url: 'https://a', caBundle: pemOf('CERTIFICATE') }),
      'failed to parse certificate: x509: malformed',
    ],
    [
      converted({ url: 'https://a' }, {}, ['v1', 'v1', 'V']),
      'spec.conversion.conversionReviewVersions[1]: Invalid value: "v1": duplicate version\n' +
        'spec.conversion.conversionReviewVersions[2]: Invalid value: "V": a DNS-1035 label must consist of',
    ],
    [
      converted({ url: 'https://a' }, {}, ['v2']),
      'spec.conversion.conversionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1',
    ],
    [
      definition({}, { additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'spec.a' }] }),
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
    ],
    [
      definition({}, { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: 'spec.a' }] }),
      'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec.a": must be a simple json path starting with .',
    ],
    [
      definition(
        {},
        { subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: '.status.b' } } },
      ),
      'spec.subresources.scale.specReplicasPath: Invalid value: ".status.a": should be a json path under .spec',
    ],
    [
      definition({}, { selectableFields: [{ jsonPath: '.spec.nope' }] }),
      'spec.versions[0].selectableFields[0].jsonPath: Invalid value: ".spec.nope": is an invalid path: does not refer to a valid field',
    ],
    [
      definition({ group: 'x.k8s.io' }, {}, { name: 'crontabs.x.k8s.io' }),
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation',
    ],
  ])('refuses %#: %s', (object, problem) => {
    expect(errors(object).join('\n')).toContain(problem);
  });

  it.each<[Definition, string]>([
    [ofSchema({}), `${schemaPath}.type: Required value: must not be empty at the root`],
    [ofSchema({ type: 'string' }), `${schemaPath}.type: Invalid value: "string": must be object at the root`],
    [
      ofSpec({ properties: {} }),
      `${specPath}.type: Required value: must not be empty for specified object fields`,
    ],
    [ofSpec({ type: 'array' }), `${specPath}.items: Required value: must be specified`],
    [
      ofSpec({ type: 'array', items: {} }),
      `${specPath}.items.type: Required value: must not be empty for specified array items`,
    ],
    [
      ofSpec({ type: 'text' }),
      `${specPath}.type: Unsupported value: "text": supported values: "array", "boolean"`,
    ],
    [
      ofSpec({ type: 'object', anyOf: [{ type: 'object' }] }),
      `${specPath}.anyOf[0].type: Forbidden: must be empty to be structural`,
    ],
    [
      ofSchema({ type: 'object', anyOf: [{ properties: { a: { minimum: 1 } } }] }),
      `${schemaPath}.properties[a]: Required value: because it is defined in ${schemaPath}.anyOf[0].properties[a]`,
    ],
    [
      ofSpec({ type: 'string', pattern: '(' }),
      `${specPath}.pattern: Invalid value: "(": must be a valid regular expression, but isn't`,
    ],
    [ofSpec({ type: 'integer', default: 'a' }), `${specPath}.default: Invalid value: "string":`],
    [
      ofSpec({ type: 'object', properties: { a: { type: 'string' } }, default: { b: 1 } }),
      `${specPath}.default: Invalid value: {"b":1}: must not have unknown fields`,
    ],
    [
      ofSpec({
        type: 'object',
        properties: { a: { type: 'string' } },
        additionalProperties: { type: 'string' },
      }),
      `${specPath}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
    [
      ofSpec({ type: 'array', items: { type: 'string' }, uniqueItems: true }),
      `${specPath}.uniqueItems: Forbidden: uniqueItems cannot be set to true`,
    ],
    [
      ofSpec({ type: 'object', $ref: '#/x' } as JsonSchema),
      `${specPath}.$ref: Forbidden: $ref is not supported`,
    ],
    [
      ofSpec({ type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' }),
      `${specPath}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
    [
      ofSpec({
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: { type: 'object', properties: { name: { type: 'string' } } },
      }),
      `${specPath}.items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
    ],
    [
      ofSpec({ type: 'array', 'x-kubernetes-list-type': 'bag', items: { type: 'string' } }),
      `${specPath}.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"`,
    ],
    [
      ofSpec({ type: 'object', 'x-kubernetes-embedded-resource': true }),
      `${specPath}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
    ],
    [
      ofSchema({
        type: 'object',
        properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
      }),
      `${schemaPath}.properties[metadata]: Forbidden: must not specify anything other than name and generateName`,
    ],
    [
      ofSchema({ type: 'object', nullable: true }),
      `${schemaPath}.nullable: Forbidden: nullable cannot be true at the root`,
    ],
    [
      ofSchema({ type: 'object', anyOf: [{}] }, { subresources: { status: {} } }),
      'fields are allowed at the root of the schema if the status subresource is enabled',
    ],
  ])('refuses the schema of %#', (object, problem) => {
    expect(errors(object).join('\n')).toContain(problem);
  });

  it('lets stay what was once let in of a webhook', () => {
    const url = 'https://a';
    expect(errors(converted({ url, caBundle: '' }))).toEqual([]);
    const caBundle = Buffer.from('nothing').toString('base64');
    const before = converted({ url, caBundle }, {}, ['v2']);
    expect(errors(converted({ url: 'https://b', caBundle }, {}, ['v3']), before)).toEqual([]);
    expect(errors(converted({ url, caBundle }, {}, ['v2']), converted({ url }))).toHaveLength(2);
  });

  it('calls fields by their version when versions differ', () => {
    const other = {
      name: 'v2',
      served: true,
      storage: false,
      schema: { openAPIV3Schema: { type: 'object' } },
    };
    const wrong = {
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: 'string' } },
    };
    expect(errors(definition({ versions: [wrong, other] })).join()).toContain(
      'spec.versions[0].schema.openAPIV3Schema.type: Invalid value: "string": must be object at the root',
    );
  });

  it('lets nothing change that says where objects are', () => {
    const old: Definition = {
      ...definition(),
      status: { storedVersions: ['v1'], conditions: [{ type: 'Established', status: 'True' }] },
    };
    expect(errors(definition({ scope: 'Cluster' }), old)).toEqual([
      'spec.scope: Invalid value: "Cluster": field is immutable',
    ]);
    const renamed = definition({}, { name: 'v2' });
    expect(errors({ ...renamed, status: { storedVersions: ['v1', 'v2'] } }, old).join()).toContain(
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version',
    );
  });

  it('takes the two ways to say that something is a number or a text', () => {
    const anyOf = [{ type: 'integer' }, { type: 'string' }];
    expect(errors(ofSpec({ 'x-kubernetes-int-or-string': true, anyOf }))).toEqual([]);
    expect(
      errors(ofSpec({ 'x-kubernetes-int-or-string': true, allOf: [{ anyOf }, { pattern: 'a' }] })),
    ).toEqual([]);
  });
});
