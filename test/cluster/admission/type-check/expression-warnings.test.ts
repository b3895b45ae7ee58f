import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expressionWarnings } from '../../../../src/cluster/admission/index.ts';
import { builtInTable } from '../../../../src/cluster/resources/index.ts';
import { eventually, startCluster, type TestCluster } from '../../support.ts';

const recorded = JSON.parse(
  readFileSync(new URL('../../../corpus/cluster/type-checking.json', import.meta.url), 'utf8'),
) as { spec: Record<string, unknown>; typeChecking: { expressionWarnings?: unknown } }[];

describe('the expressions of a policy', () => {
  it.each(recorded.map((each, index) => [index, each] as const))(
    'are checked for the kinds that it names, in the words of kube-controller-manager 1.35.4: %i',
    (_, { spec, typeChecking }) => {
      expect(expressionWarnings(builtInTable, spec)).toEqual(typeChecking.expressionWarnings ?? []);
    },
  );

  it('are not checked where a rule may mean anything', () => {
    const validations = [{ expression: 'object.nope == 1' }];
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'] };
    const warnings = (more: object) =>
      expressionWarnings(builtInTable, {
        matchConstraints: { resourceRules: [{ ...rule, ...more }] },
        validations,
      });
    expect(warnings({})).toHaveLength(1);
    for (const list of ['apiGroups', 'apiVersions', 'resources'])
      expect(warnings({ [list]: ['*'] })).toEqual([]);
    expect(warnings({ resources: ['pods/log', 'nope'] })).toEqual([]);
    expect(expressionWarnings(builtInTable, {})).toEqual([]);
  });
});

describe('the status of a policy', () => {
  const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startCluster({ runsControllers: true });
  });
  afterEach(() => cluster.close());

  const status = (generation: number) =>
    eventually(async () => {
      const { json } = await cluster.send('GET', `${path}/p`);
      return json.status?.observedGeneration === generation ? json : undefined;
    });

  it('says what does not fit, of each of its generations', async () => {
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
    const spec = {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: "object.datas.a == 'x'" }],
    };
    const policy = { metadata: { name: 'p' }, spec };
    expect((await cluster.send('POST', path, policy)).code).toBe(201);
    const first = await status(1);
    const [warning] = first.status.typeChecking.expressionWarnings;
    expect(warning).toEqual({
      fieldRef: 'spec.validations[0].expression',
      warning: `/v1, Kind=ConfigMap: ERROR: <input>:1:7: undefined field 'datas'
 | object.datas.a == 'x'
 | ......^
`,
    });
    const own = first.metadata.managedFields.find(({ subresource }: { subresource?: string }) => subresource);
    expect(own).toMatchObject({
      manager: 'validatingadmissionpolicy-status',
      operation: 'Apply',
      fieldsV1: {
        'f:status': { 'f:observedGeneration': {}, 'f:typeChecking': { 'f:expressionWarnings': {} } },
      },
    });
    const merge = { 'Content-Type': 'application/merge-patch+json' };
    const validations = [{ expression: "object.data.a == 'x'" }];
    await cluster.send('PATCH', `${path}/p`, { spec: { validations } }, merge);
    expect((await status(2)).status).toEqual({ observedGeneration: 2 });
  });
});
