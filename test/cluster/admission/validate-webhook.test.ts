import { describe, expect, it } from 'vitest';
import { validateHooks } from '../../../src/cluster/admission/index.ts';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { fieldErrorBody } from '../../../src/kube/index.ts';
import { typeOf } from '../type-of.ts';

const webhook = {
  name: 'a.b.c',
  clientConfig: { url: 'https://h' },
  rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};

/** Each row is an answer of kube-apiserver 1.35. */
describe('a webhook', () => {
  it.each<readonly [string, object, readonly unknown[]]>([
    ['as it should be', {}, []],
    [
      'of nothing',
      { name: '', clientConfig: {}, sideEffects: undefined, admissionReviewVersions: [] },
      [
        'webhooks[0].name: Required value',
        'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun',
        'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
        'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1',
      ],
    ],
    [
      'with a short name',
      { name: 'short' },
      [
        'webhooks[0].name: Invalid value: "short": should be a domain with at least three segments separated by dots',
      ],
    ],
    [
      'that takes its time',
      { timeoutSeconds: 31, sideEffects: 'Some' },
      [
        'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
        'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
      ],
    ],
    [
      'for nothing',
      { rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: [''], resources: [''] }] },
      [
        'webhooks[0].rules[0].apiVersions[0]: Required value',
        'webhooks[0].rules[0].resources[0]: Required value',
      ],
    ],
    [
      'of whom',
      { objectSelector: { matchExpressions: [{ key: 'a', operator: 'Odd' }] } },
      [
        'webhooks[0].objectSelector.matchExpressions[0].operator: Invalid value: "Odd": not a valid selector operator',
      ],
    ],
    [
      'in versions',
      { admissionReviewVersions: ['v2', 'v2', 'A b'] },
      [
        'webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version',
        expect.stringContaining(
          'webhooks[0].admissionReviewVersions[2]: Invalid value: "A b": a DNS-1035 label',
        ),
        'webhooks[0].admissionReviewVersions: Invalid value: ["v2","v2","A b"]: must include at least one of v1, v1beta1',
      ],
    ],
  ])('%s', (_, each, expected) => {
    const type = typeOf('admissionregistration.k8s.io/v1/validatingwebhookconfigurations');
    const object = { metadata: { name: 'a' }, webhooks: [{ ...webhook, ...each }] } as unknown as KubeObject;
    const found = validateHooks(type, object, undefined);
    expect(found.map((error) => `${error.field}: ${fieldErrorBody(error)}`)).toEqual(expected);
  });

  it('has a name of its own', () => {
    const type = typeOf('admissionregistration.k8s.io/v1/mutatingwebhookconfigurations');
    const object = { metadata: { name: 'a' }, webhooks: [webhook, webhook] } as unknown as KubeObject;
    expect(validateHooks(type, object, undefined).map(({ field }) => field)).toEqual(['webhooks[1].name']);
  });
});
