import type { ResourceType } from '../resources/index.ts';

/**
 * Kinds that are kept so that charts install, but of which nothing here takes notice. Whoever makes one is told: a webhook
 * that is believed to guard something and is never asked would be worse than none.
 */
const consequences: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': 'its webhooks are not called',
  'admissionregistration.k8s.io/validatingwebhookconfigurations': 'its webhooks are not called',
  'admissionregistration.k8s.io/validatingadmissionpolicies': 'it is not evaluated',
  'admissionregistration.k8s.io/validatingadmissionpolicybindings': 'its policy is not evaluated',
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
