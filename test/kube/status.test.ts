import { describe, expect, it } from 'vitest';
import {
  type Attributes,
  alreadyExists,
  badRequest,
  conflict,
  encodeStatus,
  expired,
  fieldError,
  fieldErrorBody,
  forbidden,
  forbiddenObject,
  internalError,
  internalServerErrorText,
  invalid,
  methodNotAllowed,
  notAcceptable,
  notFound,
  requestEntityTooLarge,
  resourceNotFound,
  StatusError,
  success,
  tooLargeResourceVersion,
  tooManyRequests,
  unauthorized,
  unprocessablePatch,
  unsupportedMediaType,
  untypedError,
} from '../../src/kube/index.ts';

const FAILURE = '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure"';
const PODS = { group: '', resource: 'pods' };
const CONFIG_MAPS = { group: '', resource: 'configmaps' };
const DEPLOYMENTS = { group: 'apps', resource: 'deployments' };
const NAME_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

function attributes(changes: Partial<Attributes>): Attributes {
  return {
    user: { username: 'NAME', groups: [] },
    verb: 'get',
    isResourceRequest: true,
    path: '',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'pod',
    subresource: '',
    namespace: '',
    name: '',
    ...changes,
  };
}

describe("kube-apiserver's own forbidden bodies", () => {
  const path = { isResourceRequest: false, verb: 'GET', resource: '' };

  it.each([
    [
      'a path',
      attributes({ ...path, path: '/whatever' }),
      '"message":"forbidden: User \\"NAME\\" cannot GET path \\"/whatever\\"","reason":"Forbidden","details":{},"code":403}',
    ],
    [
      'a path with HTML',
      attributes({ ...path, path: '/<script>' }),
      '"message":"forbidden: User \\"NAME\\" cannot GET path \\"/\\u0026lt;script\\u0026gt;\\"","reason":"Forbidden","details":{},"code":403}',
    ],
    [
      'a resource',
      attributes({}),
      '"message":"pod is forbidden: User \\"NAME\\" cannot get resource \\"pod\\" in API group \\"\\" at the cluster scope","reason":"Forbidden","details":{"kind":"pod"},"code":403}',
    ],
    [
      'a named resource',
      attributes({ name: 'mypod' }),
      '"message":"pod \\"mypod\\" is forbidden: User \\"NAME\\" cannot get resource \\"pod\\" in API group \\"\\" at the cluster scope","reason":"Forbidden","details":{"name":"mypod","kind":"pod"},"code":403}',
    ],
    [
      'a subresource in a group and a namespace',
      attributes({ apiGroup: 'v2', namespace: 'test', subresource: 'quota' }),
      '"message":"pod.v2 is forbidden: User \\"NAME\\" cannot get resource \\"pod/quota\\" in API group \\"v2\\" in the namespace \\"test\\"","reason":"Forbidden","details":{"group":"v2","kind":"pod"},"code":403}',
    ],
  ])('%s', (_name, asked, rest) => {
    expect(encodeStatus(forbidden(asked, ''))).toBe(`${FAILURE},${rest}\n`);
  });

  it('append the reason as it is', () => {
    const { status } = forbidden(attributes({}), 'RBAC: role "<x>" not found');
    expect(status.message).toMatch(/at the cluster scope: RBAC: role "<x>" not found$/);
  });

  it('quote what would disturb a terminal', () => {
    const user = { username: 'a\u202eb\n', groups: [] };
    expect(forbidden(attributes({ user }), '').message).toContain('User "a\\u202eb\\n" cannot');
  });
});

describe('the texts of a real kube-apiserver 1.35.3', () => {
  it.each([
    ['401', unauthorized(), '"message":"Unauthorized","reason":"Unauthorized","code":401'],
    [
      '404 obj',
      notFound(PODS, 'nope'),
      '"message":"pods \\"nope\\" not found","reason":"NotFound","details":{"name":"nope","kind":"pods"},"code":404',
    ],
    [
      '404 obj group',
      notFound(DEPLOYMENTS, 'nope'),
      '"message":"deployments.apps \\"nope\\" not found","reason":"NotFound","details":{"name":"nope","group":"apps","kind":"deployments"},"code":404',
    ],
    [
      '404 resource in known gv',
      resourceNotFound(),
      '"message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404',
    ],
    [
      '405 method',
      methodNotAllowed(),
      '"message":"the server does not allow this method on the requested resource","reason":"MethodNotAllowed","details":{},"code":405',
    ],
    [
      '406',
      notAcceptable(['application/json', 'application/yaml']),
      '"message":"406: Not Acceptable\\n\\nAvailable representations: application/json, application/yaml","reason":"NotAcceptable","details":{},"code":406',
    ],
    [
      '415',
      unsupportedMediaType(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']),
      '"message":"the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf","reason":"UnsupportedMediaType","code":415',
    ],
    [
      '415 patch',
      unsupportedMediaType(),
      '"message":"415: Unsupported Media Type","reason":"UnsupportedMediaType","details":{},"code":415',
    ],
    [
      '400 empty body',
      badRequest('json parse error: unexpected end of JSON input (<empty>)'),
      '"message":"json parse error: unexpected end of JSON input (\\u003cempty\\u003e)","reason":"BadRequest","code":400',
    ],
    [
      '409 exists',
      alreadyExists(CONFIG_MAPS, 'a'),
      '"message":"configmaps \\"a\\" already exists","reason":"AlreadyExists","details":{"name":"a","kind":"configmaps"},"code":409',
    ],
    [
      '409 conflict put',
      conflict(CONFIG_MAPS, 'a'),
      '"message":"Operation cannot be fulfilled on configmaps \\"a\\": the object has been modified; please apply your changes to the latest version and try again","reason":"Conflict","details":{"name":"a","kind":"configmaps"},"code":409',
    ],
    [
      'create with rv',
      untypedError('resourceVersion should not be set on objects to be created'),
      '"message":"resourceVersion should not be set on objects to be created","code":500',
    ],
    [
      '422 name',
      invalid({ group: '', kind: 'ConfigMap' }, 'A_b', [
        fieldError.invalid('metadata.name', 'A_b', NAME_RULE),
      ]),
      `"message":"ConfigMap \\"A_b\\" is invalid: metadata.name: Invalid value: \\"A_b\\": ${escaped(NAME_RULE)}","reason":"Invalid","details":{"name":"A_b","kind":"ConfigMap","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: \\"A_b\\": ${escaped(NAME_RULE)}","field":"metadata.name"}]},"code":422`,
    ],
    [
      '422 no name',
      invalid({ group: '', kind: 'ConfigMap' }, '', [
        fieldError.required('metadata.name', 'name or generateName is required'),
      ]),
      '"message":"ConfigMap \\"\\" is invalid: metadata.name: Required value: name or generateName is required","reason":"Invalid","details":{"kind":"ConfigMap","causes":[{"reason":"FieldValueRequired","message":"Required value: name or generateName is required","field":"metadata.name"}]},"code":422',
    ],
    [
      '422 deploy multi',
      invalid({ group: 'apps', kind: 'Deployment' }, 'a', [
        fieldError.invalid(
          'spec.template.metadata.labels',
          { a: 'c' },
          '`selector` does not match template `labels`',
        ),
        fieldError.required('spec.template.spec.containers[0].image'),
      ]),
      '"message":"Deployment.apps \\"a\\" is invalid: [spec.template.metadata.labels: Invalid value: {\\"a\\":\\"c\\"}: `selector` does not match template `labels`, spec.template.spec.containers[0].image: Required value]","reason":"Invalid","details":{"name":"a","group":"apps","kind":"Deployment","causes":[{"reason":"FieldValueInvalid","message":"Invalid value: {\\"a\\":\\"c\\"}: `selector` does not match template `labels`","field":"spec.template.metadata.labels"},{"reason":"FieldValueRequired","message":"Required value","field":"spec.template.spec.containers[0].image"}]},"code":422',
    ],
    [
      'bad fieldValidation',
      invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
        fieldError.notSupported('fieldValidation', 'Zzz', ['', 'Ignore', 'Strict', 'Warn']),
      ]),
      '"message":"CreateOptions.meta.k8s.io \\"\\" is invalid: fieldValidation: Unsupported value: \\"Zzz\\": supported values: \\"\\", \\"Ignore\\", \\"Strict\\", \\"Warn\\"","reason":"Invalid","details":{"group":"meta.k8s.io","kind":"CreateOptions","causes":[{"reason":"FieldValueNotSupported","message":"Unsupported value: \\"Zzz\\": supported values: \\"\\", \\"Ignore\\", \\"Strict\\", \\"Warn\\"","field":"fieldValidation"}]},"code":422',
    ],
    [
      'rv too large list',
      tooLargeResourceVersion(99999999, 236),
      '"message":"Timeout: Too large resource version: 99999999, current: 236","reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1},"code":504',
    ],
    [
      'a 403 after authorization',
      forbiddenObject(PODS, 'web', ''),
      '"message":"pods \\"web\\" is forbidden: ","reason":"Forbidden","details":{"name":"web","kind":"pods"},"code":403',
    ],
    [
      'an error of a review, whose kind is empty',
      invalid({ group: 'authorization.k8s.io', kind: '' }, '', [fieldError.required('spec.user')]),
      '"message":".authorization.k8s.io \\"\\" is invalid: spec.user: Required value","reason":"Invalid","details":{"group":"authorization.k8s.io","causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.user"}]},"code":422',
    ],
    [
      'a patch that does not apply',
      unprocessablePatch(),
      '"message":"the server rejected our request due to an error in our request","reason":"Invalid","details":{},"code":422',
    ],
    [
      '413',
      requestEntityTooLarge(3145728),
      '"message":"Request entity too large: limit is 3145728","reason":"RequestEntityTooLarge","code":413',
    ],
    [
      '429',
      tooManyRequests(1),
      '"message":"Too many requests, please try again later.","reason":"TooManyRequests","details":{"retryAfterSeconds":1},"code":429',
    ],
    [
      '500',
      internalError('x'),
      '"message":"Internal error occurred: x","reason":"InternalError","details":{"causes":[{"message":"x"}]},"code":500',
    ],
  ])('%s', (_title, error, rest) => {
    expect(encodeStatus(error)).toBe(`${FAILURE},${rest}}\n`);
  });

  it('gives a fresh continue token with an expired one', () => {
    expect(encodeStatus(expired('The provided continue parameter is too old', 'abc'))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{"continue":"abc"},"status":"Failure","message":"The provided continue parameter is too old","reason":"Expired","code":410}\n',
    );
  });

  it('writes a success without message and code, in the order of Go whatever the order given', () => {
    expect(encodeStatus(success({ uid: 'u', kind: 'pods', name: 'a' }))).toBe(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","details":{"name":"a","kind":"pods","uid":"u"}}\n',
    );
  });

  it('writes the plain-text 500', () => {
    expect(internalServerErrorText('/<script>', 'ARGH')).toBe(
      'Internal Server Error: "/&lt;script&gt;": ARGH\n',
    );
  });

  it('throws as an Error with the message of its Status', () => {
    expect(badRequest('no')).toBeInstanceOf(StatusError);
    expect(badRequest('no').message).toBe('no');
  });
});

describe('fieldErrorBody', () => {
  it.each([
    [fieldError.duplicate('a', 'x'), 'Duplicate value: "x"'],
    [fieldError.notFound('a', 'x'), 'Not found: "x"'],
    [fieldError.forbidden('a', 'no'), 'Forbidden: no'],
    [fieldError.tooMany('a', 3, 1), 'Too many: 3: must have at most 1 item'],
    [fieldError.tooLong('a', 63), 'Too long: may not be more than 63 bytes'],
    [fieldError.invalid('a', 5, ''), 'Invalid value: 5'],
    [fieldError.invalid('a', null, 'd'), 'Invalid value: null: d'],
    [fieldError.invalid('a', undefined, 'd'), 'Invalid value: d'],
    [fieldError.typeInvalid('a', true, 'd'), 'Invalid value: true: d'],
  ])('%j', (error, body) => {
    expect(fieldErrorBody(error)).toBe(body);
  });
});

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
