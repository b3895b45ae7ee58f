import { describe, expect, it } from 'vitest';
import { ManifestError } from '../../src/rbac/index.ts';
import { parseManifests } from './parse-manifests.ts';

const LECTURE = `\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  namespace: default
  name: pod-reader
rules:
- apiGroups: [""] # "" indicates the core API group
  resources: ["pods"]
  verbs: ["get", "watch", "list"]
---
# the binding
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: read-pods
  namespace: default
subjects:
- kind: User
  name: jane
  apiGroup: rbac.authorization.k8s.io
roleRef:
  kind: Role
  name: pod-reader
  apiGroup: rbac.authorization.k8s.io
---
`;

const HEAD = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r}\n';
const RULE = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };

describe('policy manifests', () => {
  it('are read from several documents', () => {
    const [role, binding, ...more] = parseManifests(LECTURE, 'lecture.yaml');
    expect(more).toEqual([]);
    expect(role).toMatchObject({
      kind: 'Role',
      rules: [{ verbs: ['get', 'watch', 'list'], apiGroups: [''] }],
    });
    expect(binding).toMatchObject({
      kind: 'RoleBinding',
      subjects: [{ name: 'jane' }],
      roleRef: { name: 'pod-reader' },
    });
  });

  it.each([
    [
      'a List',
      { apiVersion: 'v1', kind: 'List' },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' },
    ],
    ['a ClusterRoleList', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleList' }, {}],
  ])('are read from %s, in JSON', (_, list, item) => {
    const text = JSON.stringify(
      { ...list, metadata: {}, items: [{ ...item, metadata: { name: 'r' }, rules: [RULE] }] },
      null,
      '\t',
    );
    expect(parseManifests(text, 'x.json')).toMatchObject([
      { kind: 'ClusterRole', metadata: { name: 'r' }, rules: [RULE] },
    ]);
  });

  it('may use anchors and merge keys, come from kubectl get, and leave lists out or null', () => {
    const text = `${HEAD.replace('{name: r}', '{name: r, uid: u, managedFields: [], annotations: null}')}rules:
- &get {verbs: [get], apiGroups: [""], resources: [pods], resourceNames: null}
- <<: *get
  resources: [services]
`;
    expect(parseManifests(text, 'x')).toMatchObject([
      { rules: [RULE, { ...RULE, resources: ['services'] }] },
    ]);
    expect(parseManifests('\n---\n# nothing\n---\n', 'x')).toEqual([]);
  });

  it.each<[string, string, number, number, RegExp]>([
    [
      'another kind',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n',
      2,
      1,
      /kind "Secret" is no policy: expected one of Role, ClusterRole/,
    ],
    [
      'another version',
      HEAD.replace('/v1', '/v1beta1'),
      1,
      1,
      /apiVersion of a ClusterRole: expected rbac\.authorization\.k8s\.io\/v1, found "rbac/,
    ],
    ['no kind', 'metadata: {}\n', 1, 1, /kind: expected a string, found nothing/],
    ['no object', '- a\n', 1, 1, /document: expected an object, found a list/],
    ['broken YAML', `${HEAD}rules: [\n`, 5, 1, /Flow sequence/],
    ['a key twice', `${HEAD}kind: ClusterRole\n`, 4, 1, /Map keys must be unique/],
    [
      'a misspelt field',
      `${HEAD}rules:\n- verbs: [get]\n  resourceName: [a]\n`,
      6,
      3,
      /unknown field "resourceName": expected one of verbs/,
    ],
    ['an unknown field on top', `${HEAD}spec: {}\n`, 4, 1, /unknown field "spec"/],
    [
      'a string for a list',
      `${HEAD}rules:\n- verbs: get\n`,
      5,
      3,
      /rules\[0\]\.verbs: expected a list, found a string/,
    ],
    [
      'a number for a string',
      `${HEAD}rules:\n- verbs:\n  - get\n  - 1\n`,
      7,
      5,
      /rules\[0\]\.verbs\[1\]: expected a string, found a number/,
    ],
    [
      'no verbs',
      `${HEAD}rules:\n- apiGroups: [""]\n  resources: [pods]\n`,
      5,
      3,
      /rules\[0\]\.verbs: Required value: verbs must contain at least one value/,
    ],
    [
      'a bad name',
      HEAD.replace('{name: r}', '{name: a/b}'),
      3,
      12,
      /metadata\.name: Invalid value: "a\/b": may not contain '\/'/,
    ],
    [
      'no namespace',
      HEAD.replace('ClusterRole', 'Role'),
      3,
      1,
      /metadata\.namespace: expected a string, found nothing/,
    ],
    [
      'an empty namespace',
      HEAD.replace('ClusterRole', 'Role').replace('name: r', 'name: r, namespace: ""'),
      3,
      21,
      /expected a namespace, found ""/,
    ],
    ['no roleRef', HEAD.replace('Role', 'RoleBinding'), 1, 1, /roleRef: expected an object, found nothing/],
    [
      'a bad subject',
      `${HEAD.replace('Role', 'RoleBinding')}roleRef: {kind: ClusterRole, name: r}\nsubjects:\n- kind: Node\n  name: x\n`,
      6,
      3,
      /subjects\[0\]\.kind: Unsupported value: "Node"/,
    ],
    ['an error in the second document', `${HEAD}---\n${HEAD}x: 1\n`, 8, 1, /unknown field "x"/],
    [
      'an error in a list',
      'apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n',
      4,
      3,
      /kind "Pod" is no policy/,
    ],
    [
      'aliases that unfold without end',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n`,
      1,
      1,
      /alias count/,
    ],
  ])('are refused with the place: %s', (_, text, line, column, message) => {
    const error = thrown(() => parseManifests(text, 'policy.yaml'));
    expect(error).toBeInstanceOf(ManifestError);
    expect(error).toMatchObject({ file: 'policy.yaml', line, column });
    expect((error as ManifestError).message).toMatch(message);
    expect((error as ManifestError).message.startsWith(`policy.yaml:${line}:${column}: `)).toBe(true);
  });

  it('keep a key called __proto__ out of every prototype', () => {
    const text = `${HEAD.replace('{name: r}', '{name: r, labels: {__proto__: {polluted: "yes"}}}')}`;
    expect(() => parseManifests(text, 'x')).toThrow(/__proto__: expected a string/);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
