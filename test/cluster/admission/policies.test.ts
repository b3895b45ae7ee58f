import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configMap, startCluster, type TestAnswer, type TestCluster } from '../support.ts';
import { configMaps, configurations, mergePatch, ruleOf, statusOf } from './admission-webhook.ts';

const policies = `${configurations}validatingadmissionpolicies`;
const bindings = `${configurations}validatingadmissionpolicybindings`;

let cluster: TestCluster;
const annotations: Record<string, string> = {};
const made: string[] = [];
const allowedVerbs = new Set(['create']);

beforeAll(async () => {
  cluster = await startCluster({
    annotate(key, value) {
      annotations[key] = value;
    },
    authorize: ({ verb, isResourceRequest }) =>
      isResourceRequest && allowedVerbs.has(verb)
        ? { decision: 'allow', reason: 'a role' }
        : { decision: 'noOpinion', reason: '' },
  });
});

afterEach(async () => {
  for (const each of made.splice(0)) expect((await cluster.send('DELETE', each)).code).toBe(200);
  for (const key of Object.keys(annotations)) delete annotations[key];
});

afterAll(() => cluster.close());

async function make(
  collection: string,
  object: { readonly metadata: { readonly name: string } },
): Promise<void> {
  const { code, text } = await cluster.send('POST', collection, object);
  expect(code, text).toBe(201);
  made.unshift(`${collection}/${object.metadata.name}`);
}

function policy(spec: object) {
  return {
    metadata: { name: 'guard' },
    spec: { matchConstraints: { resourceRules: [ruleOf('configmaps')] }, ...spec },
  };
}

const binding = (spec: object = {}) => ({
  metadata: { name: 'bound' },
  spec: { policyName: 'guard', validationActions: ['Deny'], ...spec },
});

async function enforce(spec: object, bound: object = {}): Promise<void> {
  await make(policies, policy(spec));
  await make(bindings, binding(bound));
}

const create = (name: string, data?: Record<string, string>, labels = {}): Promise<TestAnswer> =>
  cluster.send('POST', configMaps, configMap(name, data, { labels }));

const denial = (message: string, name = 'm') =>
  `configmaps "${name}" is forbidden: ValidatingAdmissionPolicy 'guard' with binding 'bound' denied request: ${message}`;

const few = { expression: '!has(object.data) || size(object.data) < 2' };

describe('a policy that is bound', () => {
  it('denies what it is against, in the words of its expression, and lets pass what is right', async () => {
    await enforce({ validations: [few] });
    expect((await create('fits', { a: '' })).code).toBe(201);
    const answer = await create('m', { a: '', b: '' });
    const message = denial(`failed expression: ${few.expression}`);
    expect(statusOf(answer)).toEqual({ code: 422, reason: 'Invalid', message });
    expect(answer.json.details).toMatchObject({
      name: 'm',
      kind: 'configmaps',
      causes: [{ message: message.replace('configmaps "m" is forbidden: ', '') }],
    });
  });

  it.each<[object, string, number, string]>([
    [{ message: ' too many ' }, 'too many', 422, 'Invalid'],
    [{ message: 'too many', reason: 'Forbidden' }, 'too many', 403, 'Forbidden'],
    [{ messageExpression: "'has ' + string(size(object.data))" }, 'has 2', 422, 'Invalid'],
    [{ message: 'too many', messageExpression: 'string(object.none)' }, 'too many', 422, 'Invalid'],
    [{ message: 'too many', messageExpression: "'a\\nb'" }, 'too many', 422, 'Invalid'],
  ])('says why as it wants: %j', async (said, message, code, reason) => {
    await enforce({ validations: [{ ...few, ...said }] });
    expect(statusOf(await create('m', { a: '', b: '' }))).toEqual({ code, reason, message: denial(message) });
  });

  it('sees the old object, the request, the namespace and what the user may do', async () => {
    await create('m', { a: '1' });
    await enforce({
      validations: [
        {
          expression: "request.operation == 'UPDATE' && request.userInfo.username == 'system:admin'",
          message: '1',
        },
        { expression: "oldObject.data.a == '1' && object.data.a == '2'", message: '2' },
        { expression: "namespaceObject.metadata.name == 'default'", message: '3' },
        {
          expression:
            "namespaceObject.status.phase == 'Active' && namespaceObject.metadata.creationTimestamp.getFullYear() > 2000",
          message: '4',
        },
        { expression: "authorizer.requestResource.check('create').allowed()", message: '5' },
        { expression: "authorizer.requestResource.check('create').reason() == 'a role'", message: '6' },
        {
          expression:
            "!authorizer.group('apps').resource('deployments').namespace('x').check('delete').allowed()",
          message: '7',
        },
        {
          expression: "!authorizer.serviceAccount('a', 'b').path('/healthz').check('get').allowed()",
          message: '8',
        },
      ],
    });
    const answer = await cluster.send('PATCH', `${configMaps}/m`, { data: { a: '2' } }, mergePatch);
    expect(answer.code, answer.text).toBe(200);
    await cluster.send('DELETE', made.shift() ?? '');
    await cluster.send('DELETE', `${configMaps}/m`);
  });

  it('has variables, which see those before them and are evaluated when they are needed', async () => {
    await enforce({
      variables: [
        { name: 'data', expression: 'object.data' },
        { name: 'keys', expression: 'variables.data.map(key, key)' },
        { name: 'broken', expression: 'variables.data.none' },
      ],
      validations: [
        { expression: "variables.keys == ['a']", messageExpression: "'not ' + variables.keys.join(',')" },
        { expression: "!has(object.metadata.labels) || variables.broken == 'x'" },
      ],
    });
    expect((await create('right', { a: '' })).code).toBe(201);
    expect((await create('m', { b: '' })).json.message).toBe(denial('not b'));
    expect((await create('m', { a: '' }, { a: 'b' })).json.message).toBe(
      denial(
        `expression '!has(object.metadata.labels) || variables.broken == 'x'' resulted in error: composited variable ` +
          '"broken" fails to evaluate: no such key: none',
      ),
    );
  });

  it('counts under its conditions, and where its rules, names and selectors say', async () => {
    await enforce(
      {
        matchConstraints: {
          resourceRules: [{ ...ruleOf('configmaps', ['CREATE']), resourceNames: ['m', 'n', 'o'] }],
          excludeResourceRules: [{ ...ruleOf('configmaps'), resourceNames: ['o'] }],
        },
        matchConditions: [{ name: 'not-n', expression: "request.name != 'n'" }],
        validations: [{ expression: 'false', message: 'no' }],
      },
      { matchResources: { objectSelector: { matchLabels: { guarded: 'yes' } } } },
    );
    const outcomes: Record<string, number> = {};
    for (const name of ['m', 'n', 'o', 'p'])
      outcomes[name] = (await create(name, {}, { guarded: 'yes' })).code;
    expect(outcomes).toEqual({ m: 422, n: 201, o: 201, p: 201 });
    expect((await create('m')).code).toBe(201);
    for (const name of ['m', 'n', 'o', 'p']) await cluster.send('DELETE', `${configMaps}/${name}`);
  });

  it('only warns, or notes it in the audit event, where the binding says so', async () => {
    const auditAnnotations = [{ key: 'keys', valueExpression: "'has ' + string(size(object.data))" }];
    await enforce({ validations: [few], auditAnnotations }, { validationActions: ['Warn', 'Audit'] });
    const answer = await create('warned', { a: '', b: '' });
    expect(answer.code).toBe(201);
    expect(answer.headers.get('warning')).toBe(
      "299 - \"Validation failed for ValidatingAdmissionPolicy 'guard' with binding 'bound': " +
        `failed expression: ${few.expression}"`,
    );
    expect(JSON.parse(annotations['validation.policy.admission.k8s.io/validation_failure'] ?? '')).toEqual([
      {
        message: `failed expression: ${few.expression}`,
        policy: 'guard',
        binding: 'bound',
        expressionIndex: 0,
        validationActions: ['Warn', 'Audit'],
      },
    ]);
    expect(annotations['guard/keys']).toBe('has 2');
  });

  it('that cannot be evaluated denies, or is let through when it may be', async () => {
    const validations = [{ expression: "object.data.none == 'x'" }];
    await enforce({ validations });
    expect((await create('m', { a: '' })).json.message).toBe(
      denial(`expression 'object.data.none == 'x'' resulted in error: no such key: none`),
    );
    await cluster.send('PUT', `${policies}/guard`, policy({ validations, failurePolicy: 'Ignore' }));
    expect((await create('ignored', { a: '' })).code).toBe(201);
  });

  it('takes no more work than others can wait for', async () => {
    const nested =
      'object.data.all(a, object.data.all(b, object.data.all(c, object.data.all(d, a + b + c + d != ""))))';
    await enforce({ validations: [{ expression: nested }] });
    const data = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, '']));
    expect((await create('m', data)).json.message).toBe(
      denial(`expression '${nested}' resulted in error: operation cancelled: actual cost limit exceeded`),
    );
  });
});

describe('parameters', () => {
  const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
  const validations = [
    {
      expression: "request.name == 'limit' || params == null || object.data.n <= params.data.n",
      message: 'over',
    },
  ];
  const rules = { excludeResourceRules: [], resourceRules: [ruleOf('configmaps', ['CREATE'])] };

  it('are the object that the binding names, in the namespace of the request', async () => {
    await create('limit', { n: '5' });
    await enforce(
      { paramKind, validations, matchConstraints: rules },
      { paramRef: { name: 'limit', parameterNotFoundAction: 'Deny' } },
    );
    expect((await create('under', { n: '3' })).code).toBe(201);
    expect((await create('m', { n: '7' })).json.message).toBe(denial('over'));
    await cluster.send('DELETE', `${configMaps}/limit`);
    expect((await create('m', { n: '7' })).json.message).toBe(
      denial(
        'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction',
      ),
    );
  });

  it('may be several, by their labels, or none', async () => {
    await create('one', { n: '5' }, { limit: 'yes' });
    await create('two', { n: '4' }, { limit: 'yes' });
    const paramRef = { selector: { matchLabels: { limit: 'yes' } }, parameterNotFoundAction: 'Allow' };
    await enforce({ paramKind, validations, matchConstraints: rules }, { paramRef });
    expect((await create('m', { n: '5' })).code).toBe(422);
    expect((await create('under2', { n: '4' })).code).toBe(201);
    for (const name of ['one', 'two']) await cluster.send('DELETE', `${configMaps}/${name}`);
    expect((await create('without', { n: '9' })).code).toBe(201);
  });

  it('of a kind that nobody serves are a mistake in the policy', async () => {
    const unknown = { apiVersion: 'rules.example.com/v1', kind: 'Limit' };
    await enforce(
      { paramKind: unknown, validations },
      { paramRef: { name: 'a', parameterNotFoundAction: 'Allow' } },
    );
    expect((await create('m', {})).json.message).toBe(
      `configmaps "m" is forbidden: ValidatingAdmissionPolicy 'guard' denied request: failed to configure policy: ` +
        `failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=Limit'`,
    );
  });
});

describe('what is wrong with a policy is said when it is made', () => {
  it.each<[object, string]>([
    [{}, 'spec.validations: Required value: validations or auditAnnotations must contain at least one item'],
    [
      { validations: [{ expression: 'object.a ==' }] },
      'spec.validations[0].expression: Invalid value: "object.a ==": compilation failed: ERROR: <input>:1:12: Syntax error',
    ],
    [{ validations: [{ expression: 'request.nme == "a"' }] }, "undefined field 'nme'"],
    [
      { validations: [{ expression: '"text"' }] },
      'spec.validations[0].expression: Invalid value: "\\"text\\"": must evaluate to bool but got string',
    ],
    [{ validations: [{ expression: 'params == null' }] }, "undeclared reference to 'params'"],
    [
      {
        validations: [
          { expression: 'true', messageExpression: "authorizer.path('/').check('get').reason()" },
        ],
      },
      "undeclared reference to 'authorizer'",
    ],
    [
      { validations: [few], variables: [{ name: '1', expression: 'true' }] },
      'spec.variables[0].name: Invalid value: "1": must be a valid CEL identifier',
    ],
    [
      { validations: [few], matchConstraints: { resourceRules: [ruleOf('*/*', ['SOMETIMES'])] } },
      'spec.matchConstraints.resourceRules[0].operations[0]: Unsupported value: "SOMETIMES"',
    ],
  ])('%j', async (spec, message) => {
    const { code, json } = await cluster.send('POST', policies, policy(spec));
    expect(code).toBe(422);
    expect(json.message).toContain(message);
  });

  it.each<[object, string]>([
    [{ validationActions: ['Deny', 'Warn'] }, 'must not contain both Deny and Warn'],
    [{ validationActions: ['Shout'] }, 'spec.validationActions[0]: Unsupported value: "Shout"'],
    [
      { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Allow' } },
      'name and selector are mutually exclusive',
    ],
    [
      { matchResources: { objectSelector: { matchExpressions: [{ key: 'a', operator: 'Like' }] } } },
      'spec.matchResources.objectSelector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
    ],
  ])('and with a binding: %j', async (spec, message) => {
    const { code, json } = await cluster.send('POST', bindings, binding(spec));
    expect(code).toBe(422);
    expect(json.message).toContain(message);
  });
});
