import type { ResourceType } from '../resources/index.ts';

/**
 * Kinds that are kept so that charts install, but of which nothing here takes notice. Whoever makes one is told: what is
 * believed to have an effect and has none would be worse than nothing.
 */
const consequences: Readonly<Record<string, string>> = {
  'apiregistration.k8s.io/apiservices': 'requests for its group are not handed on',
  'flowcontrol.apiserver.k8s.io/flowschemas': 'requests are not queued by it',
  'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations': 'requests are not queued by it',
};

/** What the maker of an object is warned of. */
export function unenforcedWarnings(type: ResourceType): readonly string[] {
  const consequence = consequences[`${type.group}/${type.resource}`];
  return consequence === undefined
    ? []
    : [`this ${type.kind} has no effect: the embedded API stores it, but ${consequence}`];
}
