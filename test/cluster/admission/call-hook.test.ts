import { describe, expect, it } from 'vitest';
import type { AdmissionAttributes } from '../../../src/cluster/admission/attributes.ts';
import { callHook } from '../../../src/cluster/admission/webhooks/call-hook.ts';
import { compileHooks } from '../../../src/cluster/admission/webhooks/hook.ts';
import { coreType } from '../../../src/cluster/resources/index.ts';
import { configMap } from '../support.ts';

const type = coreType('configmaps');
const object = configMap('a');

/** What comes of asking a webhook that allows everything. */
function ask(webhook: object, more: Partial<AdmissionAttributes> = {}): Promise<unknown> {
  const configuration = { metadata: { name: 'c' }, webhooks: [{ name: 'w.example.com', ...webhook }] };
  const [hook] = compileHooks(configuration, () => ({
    async post(text) {
      const { apiVersion, kind, request } = JSON.parse(text);
      return { apiVersion, kind, response: { uid: request.uid, allowed: true } };
    },
    close: () => {},
  }));
  const attributes: AdmissionAttributes = {
    requester: {
      user: { username: 'jane', groups: [] },
      options: null,
      authorize: () => ({ decision: 'noOpinion', reason: '' }),
      warn: () => {},
      annotate: () => {},
    },
    dryRun: false,
    operation: 'CREATE',
    type,
    subresource: '',
    namespace: 'default',
    name: 'a',
    object,
    oldObject: undefined,
    ...more,
  };
  if (hook === undefined) throw new Error('there is no webhook');
  return callHook(hook, attributes, type, { object, oldObject: undefined }, true).then(
    ({ allowed }) => allowed,
    (error: Error) => error.message,
  );
}

// What only a configuration of an older version can say: v1 takes None and NoneOnDryRun alone.
describe('a webhook', () => {
  const admissionReviewVersions = ['v2', 'v1beta1'];

  it('with effects elsewhere is not asked about what is only tried', async () => {
    const webhook = { admissionReviewVersions, sideEffects: 'Some' };
    expect(await ask(webhook)).toBe(true);
    expect(await ask(webhook, { dryRun: true })).toBe(
      'admission webhook "w.example.com" does not support dry run',
    );
    expect(await ask({ admissionReviewVersions }, { dryRun: true })).toBe(
      'failed calling webhook "w.example.com": Webhook SideEffects is nil',
    );
    expect(await ask({ admissionReviewVersions, sideEffects: 'NoneOnDryRun' }, { dryRun: true })).toBe(true);
  });

  it('is asked in a version that it knows', async () => {
    expect(await ask({ admissionReviewVersions: ['v2'], sideEffects: 'None' })).toBe(
      'failed calling webhook "w.example.com": could not create admission objects: webhook does not accept known ' +
        'AdmissionReview versions (v1, v1beta1)',
    );
  });
});
