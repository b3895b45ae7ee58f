import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attributesOf,
  checkRequestTarget,
  encodeStatus,
  forbidden,
  internalServerErrorText,
  RequestInfoError,
  resolveRequestInfo,
  unauthorized,
} from '../../src/kube/index.ts';
import { anyText } from '../support/any-text.ts';
import { STRICTER_TARGETS } from './stricter-targets.ts';

const GROUP = { apiGroup: 'g', apiVersion: 'v1' };
const CORE = { apiGroup: '', apiVersion: 'v1' };

describe('S-265 resolveRequestInfo', () => {
  it.each([
    ['GET /api/v1/namespaces', 'list', CORE, '', 'namespaces', ''],
    ['GET /api/v1/namespaces/other', 'get', CORE, 'other', 'namespaces', 'other'],
    ['PUT /api/v1/namespaces/other/finalize', 'update', CORE, 'other', 'namespaces/finalize', 'other'],
    ['GET /api/v1/namespaces/other/pods?watch=1', 'watch', CORE, 'other', 'pods', ''],
    ['HEAD /api/v1/pods', 'list', CORE, '', 'pods', ''],
    ['GET /api/v1/watch/namespaces/other/pods', 'watch', CORE, 'other', 'pods', ''],
    ['GET /api/v1/watch/namespaces/other', 'watch', CORE, 'other', 'namespaces', 'other'],
    ['GET /apis/g/v1/watch/res/name?fieldSelector=a=b', 'watch', GROUP, '', 'res', 'name'],
    ['POST /api/v1/proxy/namespaces/ns/pods/foo/sub/x', 'proxy', CORE, 'ns', 'pods', 'foo'],
    ['GET /api/v1/namespaces/ns/pods/foo/proxy/sub', 'get', CORE, 'ns', 'pods/proxy', 'foo'],
    ['DELETE /api/v1/nodes', 'deletecollection', CORE, '', 'nodes', ''],
    ['GET /apis/g/v1/res?fieldSelector=metadata.name=n1', 'list', GROUP, '', 'res', 'n1'],
    ['GET /apis/g/v1/res?fieldSelector=metadata.name=n1,foo', 'list', GROUP, '', 'res', ''],
    ['GET /api/v1/namespaces?fieldSelector=metadata.name=x', 'list', CORE, '', 'namespaces', 'x'],
    ['GET /api/v1/namespaces//pods', 'list', CORE, '', 'pods', ''],
    ['GET /api/v1//pods', 'get', CORE, '', '', 'pods'],
    ['OPTIONS /api/v1/pods/x', '', CORE, '', 'pods', 'x'],
    ['GET /api/v1/pods?fieldSelector=metadata.name=%ff', 'list', CORE, '', 'pods', ''],
  ])('resolves %s', (request, verb, version, namespace, resource, name) => {
    const [method = '', target = ''] = request.split(' ');
    const info = resolveRequestInfo(method, target);
    const combined = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
    expect({ ...info, resource: combined }).toMatchObject({
      isResourceRequest: true,
      verb,
      ...version,
      namespace,
      resource,
      name,
    });
  });

  it.each([
    [
      '/',
      '/api',
      '/api/v1',
      '/api/v1/',
      '/apis',
      '/apis/apps',
      '/apis/apps/v1',
      '/healthz',
      '/badprefix/a/b/c',
    ],
    ['/apis/version/resource', '/Api/v1/pods', '//'],
  ])('treats paths that are too short or have another prefix as paths', (...targets) => {
    for (const target of targets) {
      expect(resolveRequestInfo('PATCH', target)).toMatchObject({
        isResourceRequest: false,
        verb: 'patch',
        path: target,
        resource: '',
      });
    }
  });

  it('records the raw selectors of list, watch and deletecollection, and of nothing else', () => {
    const query = '?labelSelector=a%3Db&fieldSelector=bad';
    const recorded = { fieldSelector: 'bad', labelSelector: 'a=b' };
    const none = { fieldSelector: '', labelSelector: '' };
    expect(resolveRequestInfo('GET', `/api/v1/pods${query}`)).toMatchObject(recorded);
    expect(resolveRequestInfo('GET', `/api/v1/pods${query}&watch`)).toMatchObject({
      verb: 'watch',
      ...recorded,
    });
    expect(resolveRequestInfo('DELETE', `/api/v1/pods${query}`)).toMatchObject(recorded);
    expect(resolveRequestInfo('GET', `/api/v1/watch/pods${query}`)).toMatchObject(none);
    expect(resolveRequestInfo('GET', `/api/v1/pods/x${query}`)).toMatchObject(none);
    expect(resolveRequestInfo('POST', `/api/v1/pods${query}`)).toMatchObject(none);
  });

  it('keeps the segments from the resource on as parts', () => {
    const { parts } = resolveRequestInfo('GET', '/api/v1/namespaces/ns/services/web/proxy/a/b/');
    expect(parts).toEqual(['services', 'web', 'proxy', 'a', 'b']);
  });

  it('refuses a verb in the path without a resource, with the words of kube-apiserver', () => {
    expect(() => resolveRequestInfo('GET', '/api/v1/watch?x=1')).toThrow(
      new RequestInfoError('unable to determine kind and namespace from url, /api/v1/watch?x=1'),
    );
  });

  it('throws nothing but RequestInfoError, whatever the method and target', () => {
    const piece = fc.oneof(
      fc.constantFrom('/', '?', '&', '=', '%', '%2f', '%ff', ';', '+', ',', '\\', '!', '(', ')', '\0', '..'),
      fc.constantFrom('api', 'apis', 'v1', 'watch', 'proxy', 'namespaces', 'pods', 'status', 'limit=x'),
      fc.constantFrom('fieldSelector=', 'labelSelector=', 'metadata.name', 'in', 'notin', 'watch='),
      anyText({ maxLength: 4 }),
    );
    const anyTarget = fc.array(piece, { maxLength: 20 }).map((pieces) => `/${pieces.join('')}`);
    fc.assert(
      fc.property(fc.constantFrom('GET', 'DELETE', 'POST', 'x'), anyTarget, (method, target) => {
        try {
          expect(resolveRequestInfo(method, target).parts).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toBeInstanceOf(RequestInfoError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

interface Row {
  readonly method: string;
  readonly target: string;
  readonly user: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

const ROWS: Row[] = gunzipSync(readFileSync(new URL('../corpus/kube/request-info.jsonl.gz', import.meta.url)))
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

/** Rows whose names Go holds as bytes that are no text; our answer differs from the recorded one. */
const NOT_TEXT = new Set(['/api/v1/namespaces/ns1/pods/%ff%fe', '/%FF']);

describe('what a real kube-apiserver 1.35.3 resolved', () => {
  const answered = ROWS.filter((row) => row.status !== 400 || row.contentType === 'application/json');

  it('has every recorded row', () => {
    expect(ROWS).toHaveLength(644);
  });

  it('gives each recorded 403 byte for byte, also for the targets that the gateway refuses', () => {
    const isOriginForm = (row: Row) => row.target.startsWith('/');
    const rows = ROWS.filter((row) => row.status === 403 && row.body !== '' && isOriginForm(row));
    let compared = 0;
    for (const row of rows) {
      if (NOT_TEXT.has(row.target)) {
        expect(() => resolveRequestInfo(row.method, row.target)).toThrow(RequestInfoError);
      } else if (row.contentType === 'application/json' && !row.body.startsWith('{\n')) {
        expect(ourRefusal(row), `${row.method} ${row.target}`).toBe(row.body);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('gives the recorded 500 for a verb in the path without a resource', () => {
    const rows = ROWS.filter((row) => row.status === 500);
    expect(rows).toHaveLength(12);
    for (const row of rows) {
      const text = thrownBy(() => resolveRequestInfo(row.method, row.target)).message;
      const body = internalServerErrorText(row.target, `failed to create RequestInfo: ${text}`);
      expect(row.method === 'HEAD' ? '' : body).toBe(row.body);
    }
  });

  it('gives the recorded 401', () => {
    const rows = ROWS.filter((row) => row.status === 401);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(encodeStatus(unauthorized())).toBe(row.body);
  });

  it("refuses every target that Go's HTTP server refuses", () => {
    const rows = ROWS.filter((row) => row.status === 400 && row.contentType.startsWith('text/plain'));
    expect(rows).toHaveLength(11);
    for (const row of rows) expect(checkRequestTarget(row.target), row.target).not.toBeUndefined();
  });

  it.each(STRICTER_TARGETS)('is stricter on purpose with %s: %s', (target, reason) => {
    expect(checkRequestTarget(target)).toBe(reason);
  });

  it('refuses nothing else that kube-apiserver answers', () => {
    const refused = answered.filter((row) => checkRequestTarget(row.target) !== undefined);
    expect(new Set(refused.map((row) => row.target))).toEqual(
      new Set(STRICTER_TARGETS.map(([target]) => target)),
    );
  });
});

function ourRefusal(row: Row): string {
  const user = { username: usernameOf(row.user), groups: ['system:authenticated'] };
  return encodeStatus(forbidden(attributesOf(resolveRequestInfo(row.method, row.target), user), ''));
}

function usernameOf(recorded: string): string {
  if (recorded === '<no token>' || recorded === '<empty token>') return 'system:anonymous';
  return recorded.replace(/ with .*$/, '');
}

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
