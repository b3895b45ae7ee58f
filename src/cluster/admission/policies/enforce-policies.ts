import { forbiddenObject, StatusError } from '../../../kube/index.ts';
import { isNamespaces } from '../../objects/behaviour.ts';
import type { ObjectStore } from '../../objects/object-store.ts';
import type { KubeObject, ServedResources } from '../../resources/index.ts';
import { type AdmissionAttributes, refusedName } from '../attributes.ts';
import { type AdmissionView, admissionView } from '../expressions/admission-view.ts';
import type { MatchRequest } from '../match/match-resources.ts';
import type { FindNamespace } from '../match/selection.ts';
import { objectsIn } from '../webhooks/matching-hook.ts';
import type { Binding } from './binding.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import { findParams } from './find-params.ts';
import type { Policy } from './policy.ts';

/** A policy that may be about a request, with its bindings that may. */
export interface RuledPolicy {
  readonly policy: Policy;
  readonly matches: MatchRequest;
  /** `matches` is undefined where the policy's own word is enough. */
  readonly bindings: readonly { readonly binding: Binding; readonly matches: MatchRequest | undefined }[];
}

export interface EnforceDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly resources: ServedResources;
  readonly findNamespace: FindNamespace;
}

interface Denial {
  readonly policy: string;
  readonly binding: string | undefined;
  readonly message: string;
  readonly reason: string;
}

/** What an audit event tells of a failure that is only noted. Source: dispatcher.go ValidationFailureValue. */
interface NotedFailure {
  readonly message: string;
  readonly policy: string;
  readonly binding: string;
  readonly expressionIndex: number;
  readonly validationActions: readonly string[];
}

/**
 * Has policies look at a request. Throws StatusError with what the first that denies it says.
 * Source: apiserver/pkg/admission/plugin/policy/validating/dispatcher.go.
 */
export async function enforcePolicies(
  policies: readonly RuledPolicy[],
  attributes: AdmissionAttributes,
  deps: EnforceDeps,
): Promise<void> {
  const denials: Denial[] = [];
  const noted: NotedFailure[] = [];
  for (const ruled of policies) await enforce(ruled, attributes, deps, denials, noted);
  if (noted.length > 0) {
    const value = JSON.stringify(noted.slice(0, mostNoted));
    attributes.requester.annotate('validation.policy.admission.k8s.io/validation_failure', value);
  }
  const [denial] = denials;
  if (denial !== undefined) throw denied(attributes, denial);
}

/** Source: dispatcher.go maxValidationFailures. */
const mostNoted = 50;

async function enforce(
  { policy, matches, bindings }: RuledPolicy,
  attributes: AdmissionAttributes,
  deps: EnforceDeps,
  denials: Denial[],
  noted: NotedFailure[],
): Promise<void> {
  const matched = await matches(attributes, deps.findNamespace);
  if (matched === undefined) return;
  const deny = (message: string, binding?: Binding) => {
    if (policy.failsOpen) return;
    const text = `failed to configure ${binding === undefined ? 'policy' : 'binding'}: ${message}`;
    denials.push({ policy: policy.name, binding: binding?.name, message: text, reason: 'Invalid' });
  };
  const { paramKind } = policy;
  const paramType = paramKind && deps.resources.table().findKind(paramKind.apiVersion, paramKind.kind);
  if (paramKind !== undefined && paramType === undefined) {
    deny(`failed to find resource referenced by paramKind: '${kindText(paramKind)}'`);
    return;
  }
  const annotations = new Map<string, Set<string>>();
  let view: AdmissionView | undefined;
  for (const { binding, matches: isBound } of bindings) {
    if (isBound !== undefined && (await isBound(attributes, deps.findNamespace)) === undefined) continue;
    const params = await findParams(deps.objects, paramType, binding, attributes.namespace);
    if (typeof params === 'string') {
      deny(params, binding);
      continue;
    }
    for (const param of params) {
      view ??= admissionView(
        attributes,
        matched,
        await objectsIn(attributes, matched),
        await namespaceOf(attributes, deps.findNamespace),
      );
      decide(policy, binding, view, param, attributes, { denials, noted, annotations });
    }
  }
  for (const [key, values] of annotations) {
    attributes.requester.annotate(`${policy.name}/${key}`, [...values].join(', '));
  }
}

interface Findings {
  readonly denials: Denial[];
  readonly noted: NotedFailure[];
  readonly annotations: Map<string, Set<string>>;
}

/** Evaluates a policy for one binding and one parameter, and does what the binding wants done. */
function decide(
  policy: Policy,
  { name: binding, actions }: Binding,
  view: AdmissionView,
  param: KubeObject | null,
  { requester }: AdmissionAttributes,
  { denials, noted, annotations }: Findings,
): void {
  const { failures, annotations: found, annotationProblem } = evaluatePolicy(policy, view, param);
  for (const { index, message, reason } of failures) {
    if (actions.includes('Deny')) denials.push({ policy: policy.name, binding, message, reason });
    if (actions.includes('Warn')) {
      requester.warn(
        `Validation failed for ValidatingAdmissionPolicy '${policy.name}' with binding '${binding}': ${message}`,
      );
    }
    if (actions.includes('Audit')) {
      noted.push({
        message,
        policy: policy.name,
        binding,
        expressionIndex: index,
        validationActions: actions,
      });
    }
  }
  for (const { key, value } of found) annotations.set(key, (annotations.get(key) ?? new Set()).add(value));
  if (annotationProblem !== undefined) {
    denials.push({ policy: policy.name, binding, message: annotationProblem, reason: 'Invalid' });
  }
}

/** Undefined of what is in none, and of a Namespace itself. */
async function namespaceOf({ type, namespace }: AdmissionAttributes, findNamespace: FindNamespace) {
  return namespace === '' || isNamespaces(type) ? undefined : findNamespace();
}

function kindText({ apiVersion, kind }: NonNullable<Policy['paramKind']>): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

const codes: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

function denied(attributes: AdmissionAttributes, { policy, binding, message, reason }: Denial): StatusError {
  const bound = binding === undefined ? '' : ` with binding '${binding}'`;
  const text = `ValidatingAdmissionPolicy '${policy}'${bound} denied request: ${message}`;
  const { status } = forbiddenObject(attributes.type, refusedName(attributes), text);
  const details = { ...status.details, causes: [{ message: text }] };
  return new StatusError({ ...status, reason, details, code: codes[reason] ?? 422 });
}
