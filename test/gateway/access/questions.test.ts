import { describe, expect, it } from 'vitest';
import type { Authorization } from '../../../src/gateway/access/authorization.ts';
import { createQuestions } from '../../../src/gateway/access/questions.ts';
import { StatusError } from '../../../src/kube/index.ts';

const NOTHING = { namespace: '', apiGroup: '', apiVersion: '', resource: '', subresource: '', name: '' };
const FIXED = {
  namespace: 'monitoring',
  apiGroup: 'apps',
  apiVersion: 'v1',
  resource: 'services',
  subresource: 'proxy',
  name: 'prometheus',
};

function ask(authorization: Authorization, target: string, method = 'GET', rawHeaders: string[] = []) {
  return createQuestions(authorization)({ method, target, rawHeaders });
}

/** The status code and sentence of a refusal. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return `${error.status.code} ${error.status.message}`;
    throw error;
  }
  throw new Error('not refused');
}

describe('without resourceAttributes', () => {
  it.each([
    ['GET', '/metrics', 'get', '/metrics'],
    ['HEAD', '/metrics', 'head', '/metrics'],
    ['POST', '/api/v2/alerts?x=/other', 'post', '/api/v2/alerts'],
    ['OPTIONS', '/', 'options', '/'],
    ['GET', '/a%20b', 'get', '/a b'],
  ])('%s %s asks about the path', (method, target, verb, path) => {
    expect(ask({}, target, method)).toEqual([{ ...NOTHING, isResourceRequest: false, verb, path }]);
  });
});

describe('with resourceAttributes', () => {
  it.each([
    ['GET', 'get'],
    ['HEAD', 'get'],
    ['POST', 'create'],
    ['PUT', 'update'],
    ['PATCH', 'patch'],
    ['DELETE', 'delete'],
  ])('%s asks for %s, whatever the path', (method, verb) => {
    expect(ask({ resourceAttributes: FIXED }, '/anything?namespace=other', method)).toEqual([
      { ...FIXED, isResourceRequest: true, verb, path: '' },
    ]);
  });

  it.each(['OPTIONS', 'PURGE', 'get', 'PROPFIND', ''])(
    'refuses the method %j, which has no verb',
    (method) => {
      expect(refusal(() => ask({ resourceAttributes: FIXED }, '/', method))).toMatch(/^405 /);
    },
  );
});

const TAKEN = '400 ambiguous request: a parameter that some parsers take for namespace in the query';
const NOT_PLAIN = '400 ambiguous request: the query parameter namespace has characters that are not plain';

describe('with a rewrite by query parameter', () => {
  const byQuery = (attributes: Partial<typeof FIXED> = { namespace: '{{ .Value }}' }): Authorization => ({
    resourceAttributes: { ...FIXED, ...attributes },
    rewrites: { byQueryParameter: { name: 'namespace' } },
  });

  it.each(Object.keys(FIXED))('fills %s', (field) => {
    expect(ask(byQuery({ [field]: 'a-{{.Value}}-{{  .Value }}' }), '/?namespace=$%26x')).toEqual([
      { ...FIXED, [field]: 'a-$&x-$&x', isResourceRequest: true, verb: 'get', path: '' },
    ]);
  });

  it('makes a question of every value', () => {
    const questions = ask(byQuery(), '/q?namespace=a&x=1&namespace=b&namespace=a');
    expect(questions.map(({ namespace }) => namespace)).toEqual(['a', 'b', 'a']);
  });

  it.each([
    ['/q', '400 the request lacks the query parameter namespace'],
    ['/q?', '400 the request lacks the query parameter namespace'],
    ['/q?other=a', '400 the request lacks the query parameter namespace'],
    ['/q?namespace', '400 the query parameter namespace is empty'],
    ['/q?namespace=', '400 the query parameter namespace is empty'],
    ['/q?namespace=a&namespace=', '400 the query parameter namespace is empty'],
    ['/q?namespace=a;namespace=b', '400 ambiguous request: a semicolon in the query'],
    ['/q?namespace=a&x=%zz', '400 ambiguous request: a malformed percent-encoding in the query'],
    ['/q?namespace=a&x=%ff', '400 ambiguous request: a malformed percent-encoding in the query'],
    ['/q?n%61mespace=a', '400 ambiguous request: an encoded spelling of namespace in the query'],
    ['/q?namespace=a&n%61mespace=b', '400 ambiguous request: an encoded spelling of namespace in the query'],
    ['/q?namespace=a&namespace[]=b', TAKEN],
    ['/q?namespace=a&namespace%5B0%5D=b', TAKEN],
    ['/q?namespace=a&Namespace=b', TAKEN],
    ['/q?namespace=a&+namespace=b', TAKEN],
    ['/q?namespace=a&namespace.x=b', TAKEN],
    ['/q?namespace=%2541', NOT_PLAIN],
    ['/q?namespace=a%0a', NOT_PLAIN],
    ['/q?namespace=a%00', NOT_PLAIN],
    ['/q?namespace=+a', NOT_PLAIN],
    ['/q?namespace=%c3%a9', NOT_PLAIN],
  ])('refuses %s', (target, expected) => {
    expect(refusal(() => ask(byQuery(), target))).toBe(expected);
  });

  it('takes a parameter that only begins like it', () => {
    expect(ask(byQuery(), '/q?namespace=a&namespaces=b&namespace_id=c')).toHaveLength(1);
  });

  it('bounds the decisions that one request costs', () => {
    const target = `/q?${'namespace=a&'.repeat(101)}`;
    expect(refusal(() => ask(byQuery(), target))).toBe('400 more than 100 values to be authorized');
  });
});

describe('with a rewrite by header', () => {
  const byHeader: Authorization = {
    resourceAttributes: { ...FIXED, namespace: '{{ .Value }}' },
    rewrites: { byHttpHeader: { name: 'X-Namespace' } },
  };

  it('makes a question of every line, whatever the case of its name', () => {
    const questions = ask(byHeader, '/', 'GET', ['X-Namespace', 'a', 'x-nAMESPACE', 'b']);
    expect(questions.map(({ namespace }) => namespace)).toEqual(['a', 'b']);
  });

  it('does not split a line: a list is one value, which no rule names', () => {
    expect(ask(byHeader, '/', 'GET', ['X-Namespace', 'a, b'])[0]?.namespace).toBe('a, b');
  });

  it.each([
    [[], '400 the request lacks the header X-Namespace'],
    [['X_Namespace', 'a'], '400 the request lacks the header X-Namespace'],
    [['X-Namespace', ''], '400 the header X-Namespace is empty'],
    [
      ['X-Namespace', 'caf\xe9'],
      '400 ambiguous request: the header X-Namespace has characters that are not plain',
    ],
    [
      ['X-Namespace', 'a', 'Connection', 'close, X-NAMESPACE'],
      '400 ambiguous request: Connection names X-Namespace',
    ],
  ])('refuses %j', (rawHeaders, expected) => {
    expect(refusal(() => ask(byHeader, '/', 'GET', rawHeaders))).toBe(expected);
  });

  it('with both rewrites, checks what either finds', () => {
    const both = { ...byHeader, rewrites: { ...byHeader.rewrites, byQueryParameter: { name: 'ns' } } };
    const questions = ask(both, '/?ns=a', 'GET', ['X-Namespace', 'b']);
    expect(questions.map(({ namespace }) => namespace)).toEqual(['a', 'b']);
    expect(refusal(() => ask(both, '/'))).toBe(
      '400 the request lacks the query parameter ns or the header X-Namespace',
    );
  });
});
