import { describe, expect, it } from 'vitest';
import type { Permission } from '../../../src/rbac/covers.ts';
import { overlapOf } from '../../../src/rbac/questions/permission-overlap.ts';
import { createPermissionSet, widestOf } from '../../../src/rbac/questions/permission-set.ts';

/** `get apps pods/log`, `get apps pods#name`, `get /path`. */
function permission(text: string): Permission {
  const [verb = '', groupOrPath = '', target] = text.split(' ');
  if (target === undefined) return { verb, nonResourceURL: groupOrPath };
  const [resource = '', resourceName] = target.split('#');
  return { verb, apiGroup: groupOrPath, resource, ...(resourceName === undefined ? {} : { resourceName }) };
}

const TABLE: readonly [a: string, b: string, overlap: string | undefined][] = [
  ['get apps pods', 'get apps pods', 'get apps pods'],
  ['* apps pods', 'get * pods', 'get apps pods'],
  ['get * *', '* apps */log', 'get apps */log'],
  ['get apps */log', 'get apps pods/log', 'get apps pods/log'],
  ['get apps */log', 'get apps pods/log/x', undefined],
  ['get apps */log', 'get apps pods', undefined],
  ['get apps pods/*', 'get apps pods/log', undefined],
  ['get apps pods', 'get apps pods#a', 'get apps pods#a'],
  ['get apps pods#a', 'get apps pods#b', undefined],
  ['get apps pods#*', 'get apps pods#b', undefined],
  ['get apps pods', 'list apps pods', undefined],
  ['get apps pods', 'get batch pods', undefined],
  ['get /a*', '* /a/b*', 'get /a/b*'],
  ['get /a*', 'get /a*', 'get /a*'],
  ['get /a', 'get /b', undefined],
  ['get *', 'get /b', 'get /b'],
  ['get /a*', 'get * *', undefined],
];

describe('permissions', () => {
  it.each(TABLE)('%s and %s have in common: %s', (a, b, expected) => {
    const overlap = expected === undefined ? undefined : permission(expected);
    expect(overlapOf(permission(a), permission(b))).toEqual(overlap);
    expect(overlapOf(permission(b), permission(a))).toEqual(overlap);
    const [one, other] = [createPermissionSet([permission(a)]), createPermissionSet([permission(b)])];
    expect(one.overlaps(permission(b))).toEqual(overlap === undefined ? [] : [overlap]);
    // The common part is the whole of whatever is covered.
    expect(one.covers(permission(b))).toBe(expected === b);
    expect(other.covers(permission(a))).toBe(expected === a);
  });

  it('are reduced to those that no other one covers, each once', () => {
    const all = [
      'get apps pods',
      'get apps pods#a',
      '* apps pods',
      '* apps pods',
      'get  pods/log',
      'get * */log',
      'get /a/b',
      'get /a*',
      'get /a**',
      'get /b',
    ];
    expect(widestOf(all.map(permission))).toEqual(
      ['* apps pods', 'get * */log', 'get /a*', 'get /b'].map(permission),
    );
  });
});
