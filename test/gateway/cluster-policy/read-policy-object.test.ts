import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../src/gateway/cluster-policy/lines.ts';
import { readPolicyObject } from '../../../src/gateway/cluster-policy/read-policy-object.ts';

const metadata = { name: 'r', namespace: 'n', resourceVersion: '5', managedFields: [{ manager: 'x' }] };
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const bare = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  metadata: { name: 'r', namespace: 'n' },
  rules: [],
};
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' };

describe('an object of the cluster', () => {
  it('is taken without what no decision needs', () => {
    expect(readPolicyObject({ metadata, rules, extra: 1 }, 'Role')).toEqual({
      namespace: 'n',
      name: 'r',
      resourceVersion: '5',
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'r', namespace: 'n', resourceVersion: '5' },
        rules,
      },
    });
  });

  it.each([
    ['a rule with an unknown field', [{ ...rules[0], conditions: ['office hours'] }], /field conditions/],
    ['a rule without verbs', [{ apiGroups: [''], resources: ['pods'] }], /not valid: rules\[0\]\.verbs/],
    ['a text for a list', [{ apiGroups: [''], resources: ['pods'], verbs: '*' }], /not the form/],
    ['a number for a list', [{ apiGroups: [''], resources: ['pods'], verbs: 7 }], /not the form/],
    ['a number in a list', [{ apiGroups: [''], resources: ['pods'], verbs: [7] }], /not the form/],
    ['a number for rules', 7, /not the form/],
    ['a text for rules', '*', /not the form/],
  ])('with %s is a role that holds nothing', (_, wrong, problem) => {
    const read = readPolicyObject({ metadata, rules: wrong }, 'Role');
    expect(read?.object).toEqual({ ...bare, kind: 'Role' });
    expect(read?.problem).toMatch(problem);
  });

  it.each([
    ['no roleRef', {}],
    ['subjects of another form', { roleRef, subjects: 7 }],
    ['a number for a name', { roleRef, subjects: [{ kind: 'User', name: 7 }] }],
    ['a list for a roleRef', { roleRef: [roleRef] }],
    ['an invalid subject', { roleRef, subjects: [{ kind: 'Robot', name: 'x' }] }],
  ])('with %s is no binding', (_, content) => {
    const read = readPolicyObject({ metadata, ...content }, 'RoleBinding');
    expect(read).toMatchObject({ object: undefined, problem: expect.stringMatching(/./) });
  });

  it.each([
    ['no object', 7, 'Role'],
    ['without metadata', {}, 'Role'],
    ['without a name', { metadata: { namespace: 'n' } }, 'Role'],
    ['without its namespace', { metadata: { name: 'n' } }, 'Role'],
    ['in a namespace, cluster-wide', { metadata }, 'ClusterRole'],
  ] as const)('that is %s is none', (_, value, kind) => {
    expect(readPolicyObject(value, kind)).toBeUndefined();
  });
});

describe('the lines of a stream', () => {
  async function read(chunks: string[], limit = 5): Promise<string[]> {
    const lines: string[] = [];
    const stream = (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    })();
    for await (const line of linesOf(stream, limit)) lines.push(line);
    return lines;
  }

  it.each([
    [['a\nb\n'], ['a', 'b']],
    [
      ['a', 'b', '\nc', '\n'],
      ['ab', 'c'],
    ],
    [['a\nbcd'], ['a']],
    [['12345\n12345\n'], ['12345', '12345']],
    [['\n\n'], ['', '']],
  ])('of %j are %j', async (chunks, lines) => {
    expect(await read(chunks)).toEqual(lines);
  });

  it.each([[['123456']], [['123', '456']], [['123456\n']], [['1\n123', '456\n']]])(
    'of %j are too long',
    async (chunks) => {
      await expect(read(chunks)).rejects.toThrow(expect.objectContaining({ name: 'LineTooLongError' }));
    },
  );
});
