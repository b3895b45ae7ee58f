import { describe, expect, it } from 'vitest';
import { impersonationHeaders } from '../../../src/gateway/upstream/impersonation-headers.ts';

const user = { username: 'jane', groups: ['developers', 'system:authenticated'] };

describe('speaking for the caller', () => {
  it('names user, uid, every group by itself, and extras', () => {
    expect(impersonationHeaders({ ...user, uid: '7', extra: { 'example.org/Team': ['a', 'b'] } })).toEqual([
      'impersonate-user',
      'jane',
      'impersonate-uid',
      '7',
      'impersonate-group',
      'developers',
      'impersonate-group',
      'system:authenticated',
      'impersonate-extra-example.org%2F%54eam',
      'a',
      'impersonate-extra-example.org%2F%54eam',
      'b',
    ]);
  });

  it('does not split a group at its comma', () => {
    expect(impersonationHeaders({ username: 'a', groups: ['x,y'] })).toEqual([
      'impersonate-user',
      'a',
      'impersonate-group',
      'x,y',
    ]);
  });

  it('writes names as UTF-8 bytes', () => {
    const [, value = ''] = impersonationHeaders({ username: 'ėva', groups: [] }) ?? [];
    expect(Buffer.from(value, 'latin1').toString('utf8')).toBe('ėva');
  });

  it.each(['a\r\nImpersonate-Group: system:masters', 'a\0b', ' jane', 'jane\t', ''])(
    'refuses the name %j, which a header would change',
    (username) => {
      expect(impersonationHeaders({ username, groups: [] })).toBeUndefined();
    },
  );

  it('refuses such a group and such an extra value too', () => {
    expect(impersonationHeaders({ username: 'a', groups: ['b\n'] })).toBeUndefined();
    expect(impersonationHeaders({ username: 'a', groups: [], extra: { k: ['v\r'] } })).toBeUndefined();
  });
});
