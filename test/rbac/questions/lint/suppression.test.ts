import { describe, expect, it } from 'vitest';
import { UNKNOWN_LINT_RULE } from '../../../../src/rbac/questions/lint/suppression.ts';
import { clusterRole, clusterRoleBinding } from '../../objects.ts';
import { describeRules } from './support/describe-rules.ts';
import { found, onFirst } from './support/found.ts';
import { annotated } from './support/policies.ts';

describeRules([UNKNOWN_LINT_RULE], {
  'unknown-lint-rule': {
    reports: [
      [
        [annotated(clusterRole('r', []), 'unused-rule')],
        'low metadata.annotations[sallyport.dev/lint-ignore]',
      ],
      [
        [annotated(clusterRole('r', []), 'no-such, unknown-lint-rule')],
        'low metadata.annotations[sallyport.dev/lint-ignore]',
      ],
    ],
    quiet: [[[annotated(clusterRole('r', []), 'unused-role # for later')]]],
  },
});

describe('suppression', () => {
  const noisy = clusterRole('r', ['get secrets', 'get nodes/proxy']);
  const rules = (ignore: string) => onFirst([annotated(noisy, ignore)]).map((line) => line.split(' ')[0]);

  it.each([
    ['secrets-read', ['nodes-proxy', 'unused-role']],
    ['secrets-read,nodes-proxy unused-role', []],
    ['secrets-read # the backup needs it, nodes-proxy does not', ['nodes-proxy', 'unused-role']],
    ['secrets-read # backup\nunused-role # soon', ['nodes-proxy']],
    ['# secrets-read', ['nodes-proxy', 'secrets-read', 'unused-role']],
    ['', ['nodes-proxy', 'secrets-read', 'unused-role']],
    ['Secrets-Read', ['nodes-proxy', 'secrets-read', 'unknown-lint-rule', 'unused-role']],
  ])('%j leaves %j', (ignore, left) => {
    expect(rules(ignore).sort()).toEqual(left);
  });

  it('works on bindings, and for that object alone', () => {
    const first = annotated(clusterRoleBinding('a', 'cluster-admin', 'User a'), 'grants-everything');
    const second = clusterRoleBinding('b', 'cluster-admin', 'User a');
    expect(found([first, second]).map(({ object }) => object.name)).toEqual(['b']);
  });
});
