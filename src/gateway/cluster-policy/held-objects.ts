import type { Policy, PolicyKind } from '../../rbac/index.ts';
import type { ObjectPlace, ReadObject } from './read-policy-object.ts';

/** The part of the policy engine that is written to. */
export type PolicyKeeper = Pick<Policy, 'put' | 'remove'>;

/** One kind's objects in the policy. */
export interface HeldObjects {
  /** Makes these the kind's objects. Synchronous, so every decision sees either the old ones or the new ones. */
  replace(objects: readonly ReadObject[]): void;
  put(object: ReadObject): void;
  remove(place: ObjectPlace): void;
}

export interface HeldObjectsDeps {
  readonly policy: PolicyKeeper;
  readonly source: string;
  readonly kind: PolicyKind;
  readonly log: { warn(fields: object, message: string): void };
}

export function createHeldObjects({ policy, source, kind, log }: HeldObjectsDeps): HeldObjects {
  const held = new Map<string, ObjectPlace>();

  function remove({ namespace, name }: ObjectPlace): void {
    if (held.delete(`${namespace}/${name}`)) policy.remove(source, kind, namespace, name);
  }

  function put({ namespace, name, object, problem }: ReadObject): void {
    if (problem !== undefined) {
      const means = object === undefined ? 'it does not count' : 'it counts as empty';
      log.warn({ kind, namespace, name, problem }, `an RBAC object of the cluster can't be used: ${means}`);
    }
    if (object === undefined) {
      remove({ namespace, name });
    } else {
      held.set(`${namespace}/${name}`, { namespace, name });
      policy.put(source, object);
    }
  }

  return {
    put,
    remove,
    replace(objects) {
      const next = new Set(objects.map(({ namespace, name }) => `${namespace}/${name}`));
      for (const [key, place] of [...held]) if (!next.has(key)) remove(place);
      for (const object of objects) put(object);
    },
  };
}
