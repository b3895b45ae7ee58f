import { notFound } from '../../kube/index.ts';
import { typePrefix } from '../objects/object-key.ts';
import type { ObjectStore } from '../objects/object-store.ts';
import { coreType, type KubeObject, type ResourceType, type ServedResources } from '../resources/index.ts';
import type { AdmissionAttributes } from './attributes.ts';
import type { Asked } from './match/match-rule.ts';
import { rulesFor } from './match/ruled-type.ts';
import type { FindNamespace } from './match/selection.ts';
import type { Binding } from './policies/binding.ts';
import { enforcePolicies, type RuledPolicy } from './policies/enforce-policies.ts';
import type { Policy } from './policies/policy.ts';
import type { Hook } from './webhooks/hook.ts';
import type { RuledHook } from './webhooks/matching-hook.ts';
import { mutate } from './webhooks/mutate.ts';
import type { HookMetrics } from './webhooks/observe-hook.ts';
import { validate } from './webhooks/validate.ts';

/** What looks at a kind of requests, beyond rules: selectors, conditions and names are looked at when it is called. */
export interface RequestHooks {
  /**
   * What becomes of the object. Gives the very object when nobody changes it.
   * @param plugins what the plugins that come before make of it; twice the same as once
   */
  mutate(
    attributes: AdmissionAttributes,
    plugins?: (object: KubeObject) => KubeObject,
  ): Promise<KubeObject | undefined>;
  /** Throws StatusError when somebody is against it. */
  validate(attributes: AdmissionAttributes): Promise<void>;
}

/** All that there are, in the order in which they are asked. */
export interface AllHooks {
  readonly mutating: readonly Hook[];
  readonly validating: readonly Hook[];
  readonly policies: readonly Policy[];
  readonly bindings: readonly Binding[];
}

export interface RequestHooksDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly resources: ServedResources;
  readonly metrics: HookMetrics;
}

/** Those of them that may be about such requests; undefined when none is. */
export function requestHooks(
  { objects, resources, metrics }: RequestHooksDeps,
  asked: Asked,
  all: AllHooks,
): RequestHooks | undefined {
  const equivalents = equivalentsOf(asked, resources);
  const mutating = ruledHooks(all.mutating, asked, equivalents);
  const validating = ruledHooks(all.validating, asked, equivalents);
  const policies = ruledPolicies(all.policies, all.bindings, asked, equivalents);
  if (mutating.length + validating.length + policies.length === 0) return undefined;
  const namespaceOf = ({ namespace }: AdmissionAttributes): FindNamespace => {
    let found: Promise<KubeObject> | undefined;
    return () => {
      found ??= findNamespace(objects, namespace);
      return found;
    };
  };
  return {
    async mutate(attributes, plugins = (object) => object) {
      return mutate(mutating, attributes, { metrics, findNamespace: namespaceOf(attributes), plugins });
    },
    async validate(attributes) {
      const find = namespaceOf(attributes);
      await enforcePolicies(policies, attributes, { objects, resources, findNamespace: find });
      await validate(validating, attributes, { metrics, findNamespace: find });
    },
  };
}

/** The types whose objects are the same, in other versions or under another group's name. */
function equivalentsOf({ type, subresource }: Asked, resources: ServedResources): readonly ResourceType[] {
  const prefix = typePrefix(type);
  return resources
    .table()
    .types.filter(
      (each) =>
        typePrefix(each) === prefix &&
        (subresource === '' || each.subresources.some(({ name }) => name === subresource)),
    );
}

function ruledHooks(
  hooks: readonly Hook[],
  asked: Asked,
  equivalents: readonly ResourceType[],
): readonly RuledHook[] {
  return hooks.flatMap((hook, index) => {
    const [ruled] = rulesFor(hook.rules, hook.matchPolicy, asked, equivalents);
    return ruled === undefined ? [] : [{ hook, index, type: ruled.type }];
  });
}

function ruledPolicies(
  policies: readonly Policy[],
  bindings: readonly Binding[],
  asked: Asked,
  equivalents: readonly ResourceType[],
): readonly RuledPolicy[] {
  return policies.flatMap((policy) => {
    const matches = policy.matches.among(asked, equivalents);
    const bound = bindings
      .filter(({ policyName }) => policyName === policy.name)

      .flatMap((binding): RuledPolicy['bindings'] => {
        if (binding.matches === undefined) return [{ binding, matches: undefined }];
        const own = binding.matches.among(asked, equivalents);
        return own === undefined ? [] : [{ binding, matches: own }];
      });
    return matches === undefined || bound.length === 0 ? [] : [{ policy, matches, bindings: bound }];
  });
}

/** Throws StatusError 404. */
async function findNamespace(objects: Pick<ObjectStore, 'get'>, name: string): Promise<KubeObject> {
  const found = await objects.get(coreType('namespaces'), '', name);
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, name);
  return found.object;
}
