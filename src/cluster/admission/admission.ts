import type { ObjectContext } from '../objects/object-context.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { confirmMayAsk } from '../signing/confirm-may-ask.ts';
import { confirmMayGrow } from './claim-growth.ts';
import { withLimitRangeDefaults } from './limit-range-defaults.ts';
import { confirmWithinLimitRanges } from './limit-ranges.ts';
import { confirmOneDefault, withPriority } from './priority.ts';

/** What the plugins make of one write, by what else there was when it began. */
export interface Admission {
  /** The object with what they set. Call it with defaults, before the object is prepared. Throws StatusError 403. */
  admit(object: KubeObject): KubeObject;
  /** Throws StatusError 403 when a valid object is against a rule. */
  confirm(object: KubeObject, old?: KubeObject): void | Promise<void>;
}

const indifferent: Admission = { admit: (object) => object, confirm: () => {} };

/** Reads what a write of such an object depends on. @param operation an update changes no pod in what is looked at here */
export async function admissionOf(
  context: ObjectContext,
  type: ResourceType,
  namespace: string,
  operation: 'create' | 'update' | 'resize',
): Promise<Admission> {
  const { limitRanges, priorityClasses } = context.surroundings;
  switch (`${type.group}/${type.resource}`) {
    case '/pods': {
      if (operation === 'update') return indifferent;
      const [ranges, classes] = await Promise.all([
        limitRanges.list(namespace),
        operation === 'create' ? priorityClasses.list('') : [],
      ]);
      return {
        admit: (pod) =>
          operation === 'create' ? withPriority(type, withLimitRangeDefaults(pod, ranges), classes) : pod,
        confirm: (pod) => confirmWithinLimitRanges(type, pod, ranges),
      };
    }
    case '/persistentvolumeclaims': {
      const ranges = await limitRanges.list(namespace);
      return {
        ...indifferent,
        async confirm(claim, old) {
          confirmWithinLimitRanges(type, claim, ranges);
          if (old !== undefined) await confirmMayGrow(context, type, claim, old);
        },
      };
    }
    case 'certificates.k8s.io/certificatesigningrequests':
      return operation === 'create'
        ? { ...indifferent, confirm: (asked) => confirmMayAsk(type, asked) }
        : indifferent;
    case 'scheduling.k8s.io/priorityclasses': {
      const classes = await priorityClasses.list('');
      return { ...indifferent, confirm: (priority) => confirmOneDefault(type, priority, classes) };
    }
    default:
      return indifferent;
  }
}
