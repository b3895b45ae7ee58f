import { describe, expect, it } from 'vitest';
import { unknownFieldsOfKind } from '../../src/kube/index.ts';

describe('unknownFieldsOfKind', () => {
  it.each([
    // The first three are recorded.
    [
      'SelfSubjectAccessReview',
      { spec: { resourceAttributes: { bogus: 1 } } },
      ['spec.resourceAttributes.bogus'],
    ],
    ['SelfSubjectAccessReview', { spec: { user: 'bob' } }, ['spec.user']],
    ['SubjectAccessReview', { spec: { user: 'bob', extra: { any: ['x'] } } }, []],
    [
      'SubjectAccessReview',
      { spec: { resourceAttributes: { labelSelector: { requirements: [{ key: 'a' }, { kee: 'a' }] } } } },
      ['spec.resourceAttributes.labelSelector.requirements[1].kee'],
    ],
    [
      'SubjectAccessReview',
      { metadata: { labels: { any: 'x' }, managedFields: [{ fieldsV1: { 'f:x': {} } }], Name: 'a' } },
      ['metadata.Name'],
    ],
    [
      'SubjectAccessReview',
      { apiVersion: 'x', kind: 'y', status: { allowed: true, sure: true } },
      ['status.sure'],
    ],
    ['SubjectAccessReview', { spec: { kind: 'x' }, constructor: 1 }, ['spec.kind', 'constructor']],
    ['SubjectAccessReview', { spec: [], metadata: null }, []],
  ])('of a %s %j', (kind, object, fields) => {
    expect(unknownFieldsOfKind('authorization.k8s.io/v1', kind, object)).toEqual(
      fields.map((field) => `unknown field "${field}"`),
    );
  });

  it('knows what Go embeds as members of the parent', () => {
    const volume = { name: 'v', emptyDir: {}, secrets: {} };
    expect(unknownFieldsOfKind('v1', 'Pod', { spec: { volumes: [volume] } })).toEqual([
      'unknown field "spec.volumes[0].secrets"',
    ]);
  });

  it('stops at a hundred, and says nothing of a kind that it does not know', () => {
    const object = Object.fromEntries(Array.from({ length: 500 }, (_each, index) => [`x${index}`, 1]));
    expect(unknownFieldsOfKind('v1', 'Pod', object)).toHaveLength(100);
    expect(unknownFieldsOfKind('example.com/v1', 'Widget', object)).toEqual([]);
  });
});
