import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeKubeProtobuf, type JsonObject, ProtobufError } from '../../src/kube/index.ts';
import { arbitraryKubeObject } from './arbitrary-kube-object.ts';
import { encodeKubeProtobuf, envelope, lengthDelimited, utf8, varintField } from './encode-kube-protobuf.ts';

const META = 1;

describe('decodeKubeProtobuf', () => {
  it.each([
    ['v1', 'Pod'],
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['v1', 'PersistentVolume'],
    ['v1', 'Event'],
    ['v1', 'List'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'ControllerRevision'],
    ['apps/v1', 'DeleteOptions'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['coordination.k8s.io/v1', 'Lease'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['authorization.k8s.io/v1', 'SubjectAccessReview'],
    ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['resource.k8s.io/v1', 'ResourceSlice'],
  ])('gives back any %s %s that was encoded', (apiVersion, kind) => {
    fc.assert(
      fc.property(arbitraryKubeObject(apiVersion, kind), (object) => {
        expect(JSON.stringify(decodeKubeProtobuf(encodeKubeProtobuf(object)))).toBe(JSON.stringify(object));
      }),
      { numRuns: 40 },
    );
  });

  it('throws nothing but ProtobufError when a body is cut or changed', () => {
    const change = fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(
        arbitraryKubeObject('v1', 'Pod'),
        fc.array(change, { maxLength: 4 }),
        fc.nat(),
        (pod, changes, cut) => {
          const whole = Buffer.from(encodeKubeProtobuf(pod));
          for (const [at, byte] of changes) if (at >= 4 && at < whole.length) whole[at] = byte;
          const body = whole.subarray(0, Math.max(4, whole.length - (cut % 8)));
          try {
            decodeKubeProtobuf(body);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufError);
          }
          expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('drops zero scalars but not those of pointers, and keeps empty messages', () => {
    const spec = Buffer.concat([varintField(1, 0), lengthDelimited(4, new Uint8Array()), varintField(7, 0)]);
    const body = envelope('apps/v1', 'Deployment', lengthDelimited(2, spec));
    expect(decodeKubeProtobuf(body)).toEqual({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      spec: { replicas: 0, strategy: {} },
    });
  });

  it('leaves out a time that is zero, in either way of writing it', () => {
    const times = (seconds: number) => lengthDelimited(META, lengthDelimited(8, varintField(1, seconds)));
    expect(decodeKubeProtobuf(envelope('v1', 'Pod', times(0)))).toMatchObject({ metadata: {} });
    expect(decodeKubeProtobuf(envelope('v1', 'Pod', times(-62_135_596_800)))!['metadata']).toEqual({});
    expect(decodeKubeProtobuf(envelope('v1', 'Pod', times(1)))!['metadata']).toEqual({
      creationTimestamp: '1970-01-01T00:00:01Z',
    });
  });

  it('reads packed and single numbers alike, negative ones too', () => {
    const groups = Buffer.concat([lengthDelimited(4, Buffer.from([1, 0x80, 1])), varintField(4, -5)]);
    const pod = envelope('v1', 'Pod', lengthDelimited(2, lengthDelimited(14, groups)));
    expect(decodeKubeProtobuf(pod)).toMatchObject({
      spec: { securityContext: { supplementalGroups: [1, 128, -5] } },
    });
  });

  it('skips fields that it does not know and merges a message that comes twice', () => {
    const name = lengthDelimited(META, lengthDelimited(1, utf8('a')));
    const namespace = lengthDelimited(META, lengthDelimited(3, utf8('b')));
    const unknown = Buffer.concat([lengthDelimited(900, utf8('x')), varintField(901, 7)]);
    expect(
      decodeKubeProtobuf(envelope('v1', 'Pod', Buffer.concat([name, unknown, namespace]))),
    ).toMatchObject({
      metadata: { name: 'a', namespace: 'b' },
    });
  });

  it('makes __proto__ a label like any other', () => {
    const entry = Buffer.concat([lengthDelimited(1, utf8('__proto__')), lengthDelimited(2, utf8('x'))]);
    const pod = decodeKubeProtobuf(envelope('v1', 'Pod', lengthDelimited(META, lengthDelimited(11, entry))))!;
    const { labels } = pod['metadata'] as JsonObject;
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
    expect(JSON.stringify(labels)).toBe('{"__proto__":"x"}');
  });

  it('puts the fields of an embedded struct into its parent', () => {
    const emptyDir = lengthDelimited(2, lengthDelimited(2, new Uint8Array()));
    const volume = lengthDelimited(1, Buffer.concat([lengthDelimited(1, utf8('tmp')), emptyDir]));
    expect(decodeKubeProtobuf(envelope('v1', 'Pod', lengthDelimited(2, volume)))).toMatchObject({
      spec: { volumes: [{ name: 'tmp', emptyDir: {} }] },
    });
  });

  it('gives JSON schemas their JSON names and forms', () => {
    const items = lengthDelimited(24, lengthDelimited(1, lengthDelimited(3, utf8('#/x'))));
    const additional = lengthDelimited(30, varintField(1, 0));
    const schema = Buffer.concat([
      lengthDelimited(2, utf8('s')),
      items,
      additional,
      varintField(38, 0),
      varintField(40, 0),
    ]);
    expect(
      decodeKubeProtobuf(envelope('apiextensions.k8s.io/v1', 'CustomResourceDefinition', version(schema))),
    ).toEqual({
      kind: 'CustomResourceDefinition',
      apiVersion: 'apiextensions.k8s.io/v1',
      spec: {
        versions: [
          {
            schema: {
              openAPIV3Schema: {
                $schema: 's',
                items: { $ref: '#/x' },
                additionalProperties: false,
                'x-kubernetes-preserve-unknown-fields': false,
              },
            },
          },
        ],
      },
    });
  });

  it('opens an envelope inside a list', () => {
    const inner = encodeKubeProtobuf({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: 'b' } });
    const list = envelope('v1', 'List', lengthDelimited(2, lengthDelimited(1, inner)));
    expect(decodeKubeProtobuf(list)).toEqual({
      kind: 'List',
      apiVersion: 'v1',
      items: [{ kind: 'ConfigMap', apiVersion: 'v1', data: { a: 'b' } }],
    });
  });

  it('assumes the kind of the URL when the envelope names none', () => {
    const body = envelope('', '', new Uint8Array());
    expect(decodeKubeProtobuf(body)).toBeUndefined();
    expect(decodeKubeProtobuf(body, { apiVersion: 'v1', kind: 'Pod' })).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
    });
  });

  it.each([
    ['example.com/v1', 'Widget'],
    ['v1', 'Widget'],
    ['v2', 'Pod'],
    ['apps/v1', 'DeploymentSpec'],
    ['v1', '__proto__'],
    ['__proto__/v1', 'Pod'],
  ])('knows no protobuf form of %s %s', (apiVersion, kind) => {
    expect(decodeKubeProtobuf(envelope(apiVersion, kind, new Uint8Array()))).toBeUndefined();
  });

  const pod = (raw: Uint8Array) => envelope('v1', 'Pod', raw);
  const nested = (levels: number): Uint8Array =>
    levels === 0 ? new Uint8Array() : lengthDelimited(28, nested(levels - 1));
  const version = (schema: Uint8Array) =>
    lengthDelimited(2, lengthDelimited(7, lengthDelimited(4, lengthDelimited(1, schema))));

  it.each([
    ['JSON', utf8('{}'), /does not appear to be a protobuf message/],
    ['an empty body', new Uint8Array(), /expected prefix \[107 56 115 0\]/],
    ['a cut envelope', utf8('k8s\0\x0a\x7f'), /ends in the middle of a field/],
    ['a cut varint', pod(Buffer.from([0x80])), /ends in the middle of a field/],
    ['a varint of eleven bytes', pod(Buffer.alloc(11, 0xff)), /longer than ten bytes/],
    ['field number zero', pod(Buffer.from([0x02, 0])), /illegal protobuf field number/],
    ['a group', pod(Buffer.from([0x0b])), /unsupported protobuf wire type 3/],
    ['metadata as a number', pod(varintField(META, 1)), /wrong protobuf wire type 0 for field metadata/],
    [
      'a name as a number',
      pod(lengthDelimited(META, varintField(1, 1))),
      /wrong protobuf wire type 0 for field name/,
    ],
    [
      'a time after year 9999',
      pod(lengthDelimited(META, lengthDelimited(8, varintField(1, 1e12)))),
      /years 1 and 9999/,
    ],
    [
      'raw data that is not JSON',
      envelope('apps/v1', 'ControllerRevision', lengthDelimited(2, lengthDelimited(1, utf8('{')))),
      /not JSON/,
    ],
    [
      'a bomb of depth',
      envelope('apiextensions.k8s.io/v1', 'CustomResourceDefinition', version(nested(300))),
      /nested too deeply/,
    ],
    [
      'a bomb of values',
      pod(lengthDelimited(2, Buffer.alloc(1_000_004, Buffer.from([0x0a, 0])))),
      /too many values/,
    ],
  ])('refuses %s', (_name, body, message) => {
    expect(() => decodeKubeProtobuf(body)).toThrow(ProtobufError);
    expect(() => decodeKubeProtobuf(body)).toThrow(message);
  });
});
