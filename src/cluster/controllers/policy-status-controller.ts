import { expressionWarnings } from '../admission/index.ts';
import { timestamp } from '../objects/object-context.ts';
import { applyConfiguration } from '../ownership/index.ts';
import { groupVersionOf } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';
import { type Controller, controllerOf } from './controller.ts';
import { admissionPolicies } from './kinds.ts';
import { applyChange } from './writes.ts';

/**
 * Tells in a policy's status, once for each of its generations, which of its expressions do not fit the kinds that it names.
 * Source: pkg/controller/validatingadmissionpolicystatus.
 */
export const policyStatusController: Controller = controllerOf({
  name: 'validatingadmissionpolicy-status',
  account: 'validatingadmissionpolicy-status-controller',
  kind: admissionPolicies,
  follows: [],
  concerns: () => [],
  async reconcile({ context }, policy) {
    const { name = '', generation } = policy.metadata;
    if (generation === asJsonObject(policy['status'])['observedGeneration']) return undefined;
    const warnings = expressionWarnings(context.resources.table(), asJsonObject(policy['spec']));
    const config = {
      apiVersion: groupVersionOf(admissionPolicies),
      kind: admissionPolicies.kind,
      metadata: { name },
      status: {
        observedGeneration: generation,
        typeChecking: warnings.length === 0 ? {} : { expressionWarnings: warnings },
      },
    };
    const type = admissionPolicies;
    const manager = 'validatingadmissionpolicy-status';
    const time = timestamp(context);
    await applyChange(
      context,
      type,
      policy,
      (live) => applyConfiguration({ type, live, config, manager, subresource: 'status', force: true, time }),
      'status',
    );
    return undefined;
  },
});
