import { beforeEach, describe, expect, it } from 'vitest';
import { type AccessBinding, clusterBindings } from '../../src/access-requests/index.ts';
import type { StatusError } from '../../src/kube/index.ts';
import { ApiError, UnreachableError } from '../../src/kubeconfig/index.ts';

const BASE = '/apis/rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';

const binding: AccessBinding = {
  apiVersion: `${GROUP}/v1`,
  kind: 'RoleBinding',
  metadata: {
    namespace: 'team-a',
    name: 'sallyport-access-1',
    annotations: { 'sallyport.dev/expires-at': '2026-11-25T14:00:00.000Z' },
  },
  subjects: [{ kind: 'User', apiGroup: GROUP, name: 'amy' }],
  roleRef: { kind: 'ClusterRole', apiGroup: GROUP, name: 'edit' },
};
const clusterWide: AccessBinding = {
  ...binding,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'sallyport-access-2' },
};

/** What was asked, and what each is answered with; nothing said: `{}`. */
let asked: string[];
let answers: Map<string, (() => unknown)[]>;

function answer(method: string, path: string, ...all: (() => unknown)[]): void {
  answers.set(`${method} ${BASE}${path}`, all);
}

function refuse(status: number, message = 'no'): () => never {
  return () => {
    throw new ApiError(status, '', message);
  };
}

async function respond(method: string, path: string): Promise<unknown> {
  asked.push(`${method} ${path.replace(BASE, '')}`);
  return (answers.get(`${method} ${path}`)?.shift() ?? (() => ({})))();
}

const bindings = clusterBindings({
  get: (path) => respond('GET', path),
  post: (path) => respond('POST', path),
  delete: (path) => respond('DELETE', path),
});

const ROLES = '/namespaces/team-a/rolebindings';

beforeEach(() => {
  asked = [];
  answers = new Map();
});

describe('bindings in a cluster', () => {
  it('are tried, written and taken away where they belong', async () => {
    await bindings.tryWrite(binding);
    await bindings.write(binding);
    await bindings.remove(binding);
    await bindings.write(clusterWide);
    await bindings.remove(clusterWide);
    expect(asked).toEqual([
      `POST ${ROLES}?dryRun=All`,
      `POST ${ROLES}`,
      `DELETE ${ROLES}/sallyport-access-1`,
      'POST /clusterrolebindings',
      'DELETE /clusterrolebindings/sallyport-access-2',
    ]);
  });

  it('can be there already, and be gone already', async () => {
    answer('POST', ROLES, refuse(409));
    // The server has added what servers add.
    answer('GET', `${ROLES}/sallyport-access-1`, () => ({
      ...binding,
      metadata: {
        ...binding.metadata,
        uid: 'x',
        annotations: { ...binding.metadata.annotations, other: 'y' },
      },
    }));
    answer('DELETE', `${ROLES}/sallyport-access-1`, refuse(404));
    await bindings.write(binding);
    await bindings.remove(binding);
    expect(asked).toHaveLength(3);
  });

  it.each([
    ['another role', { ...binding, roleRef: { ...binding.roleRef, name: 'cluster-admin' } }],
    ['somebody else', { ...binding, subjects: [{ kind: 'User', apiGroup: GROUP, name: 'mallory' }] }],
    ['nobody', { ...binding, subjects: undefined }],
    ['another end', { ...binding, metadata: { ...binding.metadata, annotations: {} } }],
  ])('are replaced where one of the name is there for %s', async (_what, other) => {
    answer('POST', ROLES, refuse(409), () => ({}));
    answer('GET', `${ROLES}/sallyport-access-1`, () => other);
    await bindings.write(binding);
    expect(asked.slice(2)).toEqual([`DELETE ${ROLES}/sallyport-access-1`, `POST ${ROLES}`]);
  });

  it.each([
    [refuse(404, 'namespaces "team-a" not found'), 404, 'namespaces "team-a" not found'],
    [refuse(422, 'wrong'), 400, 'wrong'],
    // Of the gateway, and not of the approver.
    [
      refuse(403, 'it cannot create'),
      503,
      "the gateway's account may not write the binding: it cannot create",
    ],
    [refuse(401, 'who?'), 503, 'who?'],
    [refuse(500, 'oops'), 503, 'oops'],
    [
      () => {
        throw new UnreachableError('cannot reach it');
      },
      503,
      'cannot reach it',
    ],
  ])('that cannot be written tell why (%#)', async (fails, code, text) => {
    answer('POST', `${ROLES}?dryRun=All`, fails);
    const error = await bindings.tryWrite(binding).catch((thrown: StatusError) => thrown);
    expect((error as StatusError).status).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('that were made by requests are found in all namespaces, page by page', async () => {
    const selector = 'labelSelector=app.kubernetes.io%2Fmanaged-by%3Dsallyport-access-requests&limit=500';
    answer('GET', `/rolebindings?${selector}`, () => ({ items: [binding], metadata: { continue: 'more' } }));
    answer('GET', `/rolebindings?${selector}&continue=more`, () => ({
      items: [{ ...binding, kind: undefined }],
    }));
    answer('GET', `/clusterrolebindings?${selector}`, () => ({ items: [clusterWide] }));
    expect((await bindings.list()).map(({ kind }) => kind)).toEqual([
      'RoleBinding',
      'RoleBinding',
      'ClusterRoleBinding',
    ]);
  });
});
