import type { RoleLintRule } from './lint-rule.ts';
import { isEverything, riskRule } from './risk.ts';

const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const CHANGE = ['create', 'update', 'patch'];

/** What holds the cluster together: admission, extension, network, storage, namespaces. */
export const CLUSTER_RULES: readonly RoleLintRule[] = [
  riskRule({
    id: 'admission-write',
    title: 'A role allows changing admission webhooks or policies',
    verbs: WRITE,
    resources: [
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
    ].map((resource) => `${resource}.admissionregistration.k8s.io`),
    everywhere: 'critical',
    named: 'high',
    why: 'a webhook reads and changes every object that is written, secrets too; deleting one lifts its checks.',
    remedy: 'Keep it to the administrators of the cluster, and name the configuration in resourceNames.',
  }),
  riskRule({
    id: 'api-services-write',
    title: 'A role allows changing APIServices',
    verbs: CHANGE,
    resources: ['apiservices.apiregistration.k8s.io'],
    everywhere: 'high',
    named: 'medium',
    why: 'requests for a whole API group, with the names of their users, go to a server of choice.',
    remedy: 'Name the APIService in resourceNames.',
  }),
  riskRule({
    id: 'crds-write',
    title: 'A role allows changing CustomResourceDefinitions',
    verbs: WRITE,
    resources: ['customresourcedefinitions.apiextensions.k8s.io'],
    everywhere: 'high',
    named: 'medium',
    why: 'deleting one deletes all its objects; changing one can send them through a conversion webhook.',
    remedy: 'Name the definitions in resourceNames.',
  }),
  riskRule({
    id: 'gateways-write',
    title: 'A role allows changing Gateways',
    verbs: WRITE,
    resources: ['gatewayclasses', 'gateways', 'referencegrants'].map(
      (resource) => `${resource}.gateway.networking.k8s.io`,
    ),
    everywhere: 'medium',
    inNamespace: 'low',
    named: 'low',
    why: 'it decides which traffic enters the cluster and where it goes.',
    remedy: 'Give application teams HTTPRoutes, and keep Gateways to those who run the network.',
  }),
  riskRule({
    id: 'network-policies-write',
    title: 'A role allows changing NetworkPolicies',
    verbs: WRITE,
    resources: ['networkpolicies.networking.k8s.io'],
    everywhere: 'medium',
    inNamespace: 'low',
    named: 'low',
    why: 'it lifts the isolation of pods.',
    remedy: 'Keep it to those who run the network.',
  }),
  riskRule({
    id: 'persistent-volumes-write',
    title: 'A role allows changing PersistentVolumes',
    verbs: CHANGE,
    resources: ['persistentvolumes'],
    everywhere: 'high',
    named: 'medium',
    why: "a volume of type hostPath opens the nodes' file systems, past Pod Security.",
    remedy: 'Allow persistentvolumeclaims and let a StorageClass provide the volumes.',
  }),
  riskRule({
    id: 'storage-classes-write',
    title: 'A role allows changing StorageClasses',
    verbs: WRITE,
    resources: ['storageclasses.storage.k8s.io'],
    everywhere: 'medium',
    named: 'low',
    why: 'it decides by which driver, and with which of its secrets, volumes are made.',
    remedy: 'Keep it to those who run the storage.',
  }),
  riskRule({
    id: 'namespaces-write',
    title: 'A role allows changing namespaces',
    verbs: ['update', 'patch'],
    resources: ['namespaces'],
    everywhere: 'high',
    inNamespace: 'medium',
    named: 'medium',
    why: 'the labels of a namespace set its Pod Security level and which policies apply to it.',
    remedy: 'Leave labels of namespaces to administrators, or guard them with an admission policy.',
  }),
  {
    on: 'role',
    id: 'delete-everything',
    title: 'A role allows deleting every resource',
    severity: 'high',
    remedy: 'List the resources that may be deleted.',
    *check({ rules, reach }) {
      for (const [index, rule] of rules.entries()) {
        const verbs = ['delete', 'deletecollection'].filter(
          (verb) => rule.verbs.includes('*') || rule.verbs.includes(verb),
        );
        if (rule.resources.includes('*') && verbs.length > 0 && !isEverything(rule)) {
          yield {
            field: `rules[${index}].verbs`,
            severity: reach === 'cluster' ? 'high' : 'medium',
            message: `Allows ${verbs.join(', ')} on every resource of the API groups listed.`,
          };
        }
      }
    },
  },
];
