/**
 * What looks at writes besides validation. Plugins of kube-apiserver that look at other objects than the one that is written:
 * limit ranges and priority classes (what needs none is `schema/prepare`; what a quota has left is `quota`). And hooks, which
 * the cluster's users make: webhooks and policies. It does not know how objects are written.
 */
export { type Admission, admissionOf } from './admission.ts';
export {
  type AdmissionAttributes,
  kindOf,
  type Operation,
  type Requester,
  refusedName,
} from './attributes.ts';
export { followHooks, type Hooks } from './hooks.ts';
export type { RequestHooks } from './request-hooks.ts';
export { followSurroundings, type Surroundings } from './surroundings.ts';
export { type ExpressionWarning, expressionWarnings } from './type-check/expression-warnings.ts';
export { validateHooks } from './validate/validate-hooks.ts';
export { type HookMetrics, uncounted } from './webhooks/observe-hook.ts';
