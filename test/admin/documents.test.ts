import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../src/gateway/index.ts';
import { recordingTarget } from '../gateway/support/gateway.ts';
import { serveAdmin } from './support/served-admin.ts';

let admin: Awaited<ReturnType<typeof serveAdmin>>;
beforeEach(async () => {
  admin = await serveAdmin();
});
afterEach(() => admin.close());

describe("the group's documents", () => {
  it('say which kinds there are, and what can be done with them', async () => {
    const group = await admin.ask('GET', '/apis/sallyport.dev');
    expect(group.json).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      name: 'sallyport.dev',
      versions: [{ groupVersion: 'sallyport.dev/v1', version: 'v1' }],
      preferredVersion: { groupVersion: 'sallyport.dev/v1', version: 'v1' },
    });
    const { json } = await admin.ask('GET', '/apis/sallyport.dev/v1');
    expect(json.kind).toBe('APIResourceList');
    expect(json.resources).toContainEqual({
      name: 'users',
      singularName: 'user',
      namespaced: false,
      kind: 'User',
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
    });
    expect(json.resources).toContainEqual({
      name: 'users/password',
      singularName: '',
      namespaced: false,
      kind: 'UserPassword',
      verbs: ['create'],
    });
    expect((await admin.ask('GET', '/apis/sallyport.dev/v2')).status).toBe(404);
    expect((await admin.ask('POST', '/apis/sallyport.dev/v1', {})).status).toBe(405);
  });

  it('describe every kind in OpenAPI v3, for kubectl explain and its validation', async () => {
    const { json, headers } = await admin.ask('GET', '/openapi/v3/apis/sallyport.dev/v1');
    expect(headers.get('etag')).toMatch(/^"[0-9A-F]{128}"$/);
    const { schemas } = json.components;
    expect(schemas['dev.sallyport.v1.User']).toMatchObject({
      description: expect.stringContaining('can sign in'),
      'x-kubernetes-group-version-kind': [{ group: 'sallyport.dev', version: 'v1', kind: 'User' }],
    });
    const text = JSON.stringify(json);
    const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(references.filter((name) => schemas[name ?? ''] === undefined)).toEqual([]);
    const { parameters } = json.paths['/apis/sallyport.dev/v1/users/{name}'].patch;
    expect(parameters.map(({ name }: { name: string }) => name)).toContain('fieldValidation');
    // kubectl applies by the strategic merge patch wherever that is said to be taken.
    const { content } = json.paths['/apis/sallyport.dev/v1/users/{name}'].patch.requestBody;
    expect(Object.keys(content)).toEqual(['application/json-patch+json', 'application/merge-patch+json']);
    const hash = headers.get('etag')?.slice(1, -1);
    const kept = await admin.ask('GET', `/openapi/v3/apis/sallyport.dev/v1?hash=${hash}`);
    expect(kept.headers.get('cache-control')).toBe('public, immutable');
  });

  it('describe every kind in OpenAPI v2 with the rest, for older clients', async () => {
    const theirs = { swagger: '2.0', paths: { '/api/': {} }, definitions: {} };
    const { target } = recordingTarget();
    const forward: Target['forward'] = ({ response }) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(theirs));
    };
    const beside = await serveAdmin({ target: { ...target, forward } });
    const { json } = await beside.ask('GET', '/openapi/v2');
    await beside.close();
    expect(Object.keys(json.paths)).toContain('/api/');
    expect(json.paths['/apis/sallyport.dev/v1/users/{name}'].patch.operationId).toBe(
      'patchSallyportDevV1User',
    );
    expect(json.definitions['dev.sallyport.v1.User']['x-kubernetes-group-version-kind']).toEqual([
      { group: 'sallyport.dev', version: 'v1', kind: 'User' },
    ]);
    // What metadata looks like is said by every API server already.
    const references = [...JSON.stringify(json).matchAll(/"#\/definitions\/([^"]+)"/g)].map(
      ([, name]) => name,
    );
    const missing = references.filter((name) => json.definitions[name ?? ''] === undefined);
    expect(missing.filter((name) => name?.startsWith('io.k8s.apimachinery.') !== true)).toEqual([]);
  });
});
