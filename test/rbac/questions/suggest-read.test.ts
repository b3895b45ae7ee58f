import { describe, expect, it } from 'vitest';
import { AuditLogError, readAuditEvents } from '../../../src/rbac/questions/suggest/read-audit-events.ts';
import { rolesUsedIn } from '../../../src/rbac/questions/suggest/used-roles.ts';
import { auditLog, auditObject } from './audit-lines.ts';

const get = { as: 'jane', verb: 'get', on: 'pods', ns: 'dev', name: 'a' };
const list = { as: 'bob', verb: 'list', on: 'deployments.apps', ns: 'dev' };

describe('reading audit events', () => {
  const two = auditLog([get, list]);

  it.each([
    ['lines', two],
    ['lines with a byte order mark, empty lines and CRLF', `\uFEFF\r\n${two.replaceAll('\n', '\r\n\r\n')}`],
    ['lines without a newline at the end', two.trimEnd()],
    [
      'an EventList',
      JSON.stringify({
        kind: 'EventList',
        apiVersion: 'audit.k8s.io/v1',
        items: [get, list].map(auditObject).map(({ kind, apiVersion, ...item }) => item),
      }),
    ],
  ])('takes %s', (_, text) => {
    expect(readAuditEvents(text).map(({ user, objectRef }) => [user?.username, objectRef?.resource])).toEqual(
      [
        ['jane', 'pods'],
        ['bob', 'deployments'],
      ],
    );
  });

  it.each([
    ['nothing', '', 0],
    ['one event on a line', auditLog([get]), 1],
    ['one event over several lines', JSON.stringify(auditObject(get), undefined, 2), 1],
  ])('takes %s', (_, text, count) => {
    expect(readAuditEvents(text)).toHaveLength(count);
  });

  it('reads what matters, and leaves out what is not there', () => {
    const to = { username: 'joe', uid: '7', groups: ['devs'], extra: { scopes: ['a'] } };
    const annotations = { 'authorization.k8s.io/decision': 'forbid' };
    const [event] = readAuditEvents(
      auditLog([{ ...get, to, code: 403, annotations, constraint: 'impersonate:user-info' }]),
    );
    expect(event).toEqual({
      stage: 'ResponseComplete',
      requestURI: '/',
      verb: 'get',
      user: { username: 'jane', uid: '', groups: ['system:authenticated'], extra: {} },
      impersonatedUser: to,
      impersonationConstraint: 'impersonate:user-info',
      objectRef: { apiGroup: '', resource: 'pods', subresource: '', namespace: 'dev', name: 'a' },
      code: 403,
      annotations,
    });
    const [bare] = readAuditEvents(JSON.stringify({ kind: 'Event', apiVersion: 'audit.k8s.io/v1' }));
    expect(bare).toMatchObject({
      user: undefined,
      impersonatedUser: undefined,
      objectRef: undefined,
      code: undefined,
    });
  });

  const good = auditLog([get]).trimEnd();
  const withUser = (user: unknown) => `${good}\n${JSON.stringify({ ...auditObject(get), user })}`;
  it.each([
    [`${good}\n{"kind":`, 'line 2: is not JSON', 2],
    [`${good}\n\n# comment`, 'line 3: is not JSON', 3],
    [`${good}\n{"kind":"Event","apiVersion":"v1"}`, 'line 2: is not an Event of audit.k8s.io/v1', 2],
    ['{"kind":"Pod","apiVersion":"v1"}', 'line 1: is not an Event of audit.k8s.io/v1', 1],
    ['[]', 'line 1: is not an Event of audit.k8s.io/v1', 1],
    [withUser({ username: 7 }), 'line 2: username must be a string', 2],
    [withUser({ groups: 'devs' }), 'line 2: user.groups must be a list of strings', 2],
    [withUser({ extra: { a: 'b' } }), 'line 2: user.extra must hold lists of strings', 2],
    [
      '{"kind":"EventList","apiVersion":"audit.k8s.io/v1beta1","items":[]}',
      'EventList: apiVersion must be audit.k8s.io/v1',
      undefined,
    ],
    ['{"kind":"EventList","apiVersion":"audit.k8s.io/v1"}', 'EventList: items must be a list', undefined],
    [
      '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"verb":1}]}',
      'items[0]: verb must be a string',
      undefined,
    ],
  ])('names the place of what is no event: %#', (text, message, line) => {
    expect(() => readAuditEvents(text)).toThrow(expect.objectContaining({ message, line }) as Error);
    expect(() => readAuditEvents(text)).toThrow(AuditLogError);
  });

  it('shows nothing of a bad line', () => {
    expect(() => readAuditEvents(`${good}\n{"token":"canary`)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('canary') as string }) as Error,
    );
  });
});

describe('the roles used in a log', () => {
  const reasons = [
    'RBAC: allowed by RoleBinding "b/dev" of Role "reader" to User "jane"',
    'RBAC: allowed by RoleBinding "other/dev" of Role "reader" to User "joe"',
    'RBAC: allowed by RoleBinding "b/dev" of ClusterRole "view" to Group "x"',
    'rbac: RBAC: allowed by ClusterRoleBinding "a \\"b\\"" of ClusterRole "say \\"hi\\"" to ServiceAccount "ci/dev"',
    'RBAC: clusterrole.rbac.authorization.k8s.io "ghost" not found',
    '',
  ];

  it('are each named once', () => {
    const log = auditLog(
      reasons.map((reason) => ({ ...get, annotations: { 'authorization.k8s.io/reason': reason } })),
    );
    expect(rolesUsedIn(readAuditEvents(log))).toEqual([
      { kind: 'Role', namespace: 'dev', name: 'reader' },
      { kind: 'ClusterRole', namespace: '', name: 'view' },
      { kind: 'ClusterRole', namespace: '', name: 'say "hi"' },
    ]);
  });
});
