import { followPrefix, type PrefixFollowerDeps } from '../../store/index.ts';
import { typePrefix } from '../objects/object-key.ts';
import { entryObject } from '../objects/stored-object.ts';
import { builtInType, type KubeObject, type ResourceType } from '../resources/index.ts';
import type { Asked } from './match/match-rule.ts';
import { type Binding, compileBinding } from './policies/binding.ts';
import { compilePolicy, type Policy } from './policies/policy.ts';
import { type RequestHooks, type RequestHooksDeps, requestHooks } from './request-hooks.ts';
import { compileHooks, type Hook, type OpenWebhook } from './webhooks/hook.ts';

/** The webhooks and policies of a cluster: who else looks at writes. */
export interface Hooks {
  /** Those that may be about such requests; undefined when there are none. */
  of(asked: Asked): RequestHooks | undefined;
  close(): void;
}

export interface HooksDeps extends PrefixFollowerDeps, RequestHooksDeps {
  readonly openWebhook: OpenWebhook;
}

const group = 'admissionregistration.k8s.io';

/** No webhook and no policy may keep people from taking it away. Source: rules.go IsExemptAdmissionConfigurationResource. */
const exempt: ReadonlySet<string> = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
]);

/**
 * Follows configurations and policies. What is asked of a write is one lookup: which rules are about such requests is found out
 * once, until something changes.
 */
export async function followHooks(deps: HooksDeps): Promise<Hooks> {
  const mutating = new Map<string, readonly Hook[]>();
  const validating = new Map<string, readonly Hook[]>();
  const policies = new Map<string, Policy>();
  const bindings = new Map<string, Binding>();
  let known = new WeakMap<ResourceType, Map<string, RequestHooks | undefined>>();

  const follow = <T>(
    resource: string,
    compiled: Map<string, T>,
    compile: (object: KubeObject) => T,
    retire: (before: T) => void = () => {},
  ) => {
    const drop = (key: string) => {
      const before = compiled.get(key);
      compiled.delete(key);
      known = new WeakMap();
      if (before !== undefined) retire(before);
    };
    return followPrefix(deps, typePrefix(builtInType(group, resource)), {
      put(entry) {
        drop(entry.key);
        compiled.set(entry.key, compile(entryObject(entry)));
      },
      remove: ({ key }) => drop(key),
    });
  };
  const open = (object: KubeObject) => compileHooks(object, deps.openWebhook);
  const shut = (hooks: readonly Hook[]) => {
    for (const { client } of hooks) client.close();
  };
  const watchers = await Promise.all([
    follow('mutatingwebhookconfigurations', mutating, open, shut),
    follow('validatingwebhookconfigurations', validating, open, shut),
    follow('validatingadmissionpolicies', policies, compilePolicy),
    follow('validatingadmissionpolicybindings', bindings, compileBinding),
  ]);

  function find(asked: Asked): RequestHooks | undefined {
    if (asked.type.group === group && exempt.has(asked.type.resource)) return undefined;
    return requestHooks(deps, asked, {
      mutating: inOrder(mutating).flat(),
      validating: inOrder(validating).flat(),
      policies: inOrder(policies),
      bindings: inOrder(bindings),
    });
  }

  return {
    of(asked) {
      if (mutating.size + validating.size + policies.size === 0) return undefined;
      const ofType = known.get(asked.type) ?? new Map<string, RequestHooks | undefined>();
      known.set(asked.type, ofType);
      const key = `${asked.operation} ${asked.subresource}`;
      if (!ofType.has(key)) ofType.set(key, find(asked));
      return ofType.get(key);
    },
    close() {
      for (const watcher of watchers) watcher.close();
      for (const hooks of [...mutating.values(), ...validating.values()]) shut(hooks);
    },
  };
}

/** By the names of their objects, in which order webhooks are asked. */
function inOrder<T>(compiled: ReadonlyMap<string, T>): readonly T[] {
  return [...compiled].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
