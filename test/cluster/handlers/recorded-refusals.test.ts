import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configMap, startCluster, type TestCluster } from '../support.ts';

const path = '/api/v1/namespaces/default/configmaps';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

/** Recorded from a kube-apiserver 1.35.4. */
describe('refuses as kube-apiserver does', () => {
  it.each<readonly [string, string, unknown, number, string]>([
    [
      'POST',
      '?dryRun=',
      configMap('a'),
      422,
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: [""]: supported values: "All"',
    ],
    [
      'DELETE',
      '/a?dryRun=',
      undefined,
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: [""]: supported values: "All"',
    ],
    [
      'DELETE',
      '/a?propagationPolicy=nope',
      undefined,
      422,
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "nope": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      'GET',
      '?resourceVersion=1&resourceVersionMatch=nope',
      undefined,
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "nope": supported values: "Exact", "NotOlderThan", ""',
    ],
    [
      'GET',
      '?continue=eyJ2IjoieCIsInJ2IjoxLCJzdGFydCI6IngifQ',
      undefined,
      400,
      'invalid continue token: continue key is not valid: server does not recognize this encoded version x',
    ],
    [
      'POST',
      '',
      { ...configMap('a'), apiVersion: 'a/b/c' },
      400,
      'the object provided is unrecognized (must be of type ConfigMap): unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c","kind":" ...)',
    ],
    [
      'POST',
      '',
      { apiVersion: 1 },
      400,
      'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: json: cannot unmarshal number into Go struct field .apiVersion of type string ({"apiVersion":1})',
    ],
  ])('%s %s', async (method, query, body, code, message) => {
    const answer = await cluster.send(method, `${path}${query}`, body);
    expect([answer.code, answer.json.message]).toEqual([code, message]);
  });
});

describe('warns as kube-apiserver does', () => {
  const warningsOf = async (...args: Parameters<TestCluster['send']>) => {
    const { code, headers, json } = await cluster.send(...args);
    return { code, warning: headers.get('warning'), json };
  };

  it('of owners that are named twice, and drops them', async () => {
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'b' };
    const owners = [owner, { ...owner, name: 'c' }, owner];
    const made = await warningsOf('POST', path, configMap('a', {}, { ownerReferences: owners }));
    expect(made.warning).toBe(
      '299 - ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: b"',
    );
    expect(made.json.metadata.ownerReferences).toEqual(owners.slice(0, 2));
  });

  it('of Endpoints, whatever is asked of them', async () => {
    const warning = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"';
    const endpoints = '/api/v1/namespaces/default/endpoints';
    expect(await warningsOf('GET', endpoints)).toMatchObject({ code: 200, warning });
    expect(await warningsOf('DELETE', `${endpoints}/none`)).toMatchObject({ code: 404, warning });
    expect(await warningsOf('GET', path)).toMatchObject({ code: 200, warning: null });
  });

  it('of unknown fields, also where the object is refused', async () => {
    const object = { ...configMap('a'), spec: 1 };
    const warning = '299 - "unknown field \\"spec\\""';
    expect(await warningsOf('POST', path, object)).toMatchObject({ code: 201, warning });
    expect(await warningsOf('POST', path, object)).toMatchObject({ code: 409, warning });
  });
});
