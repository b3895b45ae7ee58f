import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeKubeProtobuf, type JsonObject, type JsonValue } from '../../src/kube/index.ts';
import { utf8 } from './encode-kube-protobuf.ts';

function corpus<T>(file: string): T[] {
  const text = gunzipSync(readFileSync(new URL(`../corpus/kube/${file}`, import.meta.url))).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

/** kubectl prints `"creationTimestamp": null`. */
function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutNulls(member)]));
}

/** The recording is text; the two bytes that are no UTF-8 are the message's length and the code 403. */
function restored(body: string): Buffer {
  const parts = body.split('\ufffd').map(utf8);
  const [head, middle, tail] = parts as [Buffer, Buffer, Buffer];
  const trailer = 4; // empty contentEncoding and contentType
  const length = middle.length - 1 + 1 + tail.length - trailer;
  return Buffer.concat([head, Buffer.from([0x80 | (length & 0x7f)]), middle, Buffer.from([0x93]), tail]);
}

describe('what kubectl 1.32 sends', () => {
  interface Recorded {
    readonly command: string;
    readonly body: string;
    /** What the same command prints with --dry-run=client -o json. */
    readonly json?: JsonObject;
  }
  const recorded = corpus<Recorded>('kubectl-1.32-protobuf.jsonl.gz');

  it.each(recorded.filter(({ json }) => json !== undefined).map((row) => [row.command, row] as const))(
    'kubectl %s is the object that it prints as JSON',
    (command, { body, json }) => {
      const object = decodeKubeProtobuf(Buffer.from(body, 'base64'));
      expect(object).toEqual(
        withoutNulls(command.startsWith('create pdb') ? { ...json, status: {} } : json!),
      );
    },
  );

  it.each([
    [
      'auth can-i get /healthz',
      'SelfSubjectAccessReview',
      { spec: { nonResourceAttributes: { path: '/healthz', verb: 'get' } }, status: {} },
    ],
    ['auth can-i --list', 'SelfSubjectRulesReview', { spec: { namespace: 'default' }, status: {} }],
    ['auth whoami', 'SelfSubjectReview', { status: { userInfo: {} } }],
    [
      'create token sa --duration=10m --audience=a --bound-object-kind=Secret --bound-object-name=s --bound-object-uid=u',
      'TokenRequest',
      {
        spec: {
          audiences: ['a'],
          boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 's', uid: 'u' },
          expirationSeconds: 600,
        },
        status: {},
      },
    ],
  ])('kubectl %s is a %s', (command, kind, members) => {
    const { body } = recorded.find((row) => row.command === command)!;
    expect(decodeKubeProtobuf(Buffer.from(body, 'base64'))).toEqual({
      kind,
      apiVersion: expect.stringMatching(/^auth/),
      metadata: {},
      ...members,
    });
  });
});

describe('what kube-apiserver 1.35.3 sends', () => {
  it('is the same Status as its JSON', () => {
    const rows = corpus<{ contentType: string; body: string; target: string }>('request-info.jsonl.gz');
    const { body } = rows.find(
      (row) => row.contentType.endsWith('protobuf') && row.target.endsWith('/pods'),
    )!;
    expect(decodeKubeProtobuf(restored(body))).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "ns1"',
      reason: 'Forbidden',
      details: { kind: 'pods' },
      code: 403,
    });
  });
});
