import type { ResourceType } from './resource-type.ts';

/**
 * The built-in resources of Kubernetes 1.35 in the order of its discovery documents, for questions without a server:
 * group/versions, plural, singular, short names, scope, subresources (`-` for none). Source: /api and /apis of a
 * kube-apiserver 1.35 (apidiscovery.k8s.io/v2); test/corpus/cluster/discovery has the recording.
 */
const TABLE = `
v1 bindings binding - namespace -
v1 componentstatuses componentstatus cs cluster -
v1 configmaps configmap cm namespace -
v1 endpoints endpoints ep namespace -
v1 events event ev namespace -
v1 limitranges limitrange limits namespace -
v1 namespaces namespace ns cluster finalize,status
v1 nodes node no cluster proxy,status
v1 persistentvolumeclaims persistentvolumeclaim pvc namespace status
v1 persistentvolumes persistentvolume pv cluster status
v1 pods pod po namespace attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize,status
v1 podtemplates podtemplate - namespace -
v1 replicationcontrollers replicationcontroller rc namespace scale,status
v1 resourcequotas resourcequota quota namespace status
v1 secrets secret - namespace -
v1 serviceaccounts serviceaccount sa namespace token
v1 services service svc namespace proxy,status
apiregistration.k8s.io/v1 apiservices apiservice - cluster status
apps/v1 controllerrevisions controllerrevision - namespace -
apps/v1 daemonsets daemonset ds namespace status
apps/v1 deployments deployment deploy namespace scale,status
apps/v1 replicasets replicaset rs namespace scale,status
apps/v1 statefulsets statefulset sts namespace scale,status
events.k8s.io/v1 events event ev namespace -
authentication.k8s.io/v1 selfsubjectreviews selfsubjectreview - cluster -
authentication.k8s.io/v1 tokenreviews tokenreview - cluster -
authorization.k8s.io/v1 localsubjectaccessreviews localsubjectaccessreview - namespace -
authorization.k8s.io/v1 selfsubjectaccessreviews selfsubjectaccessreview - cluster -
authorization.k8s.io/v1 selfsubjectrulesreviews selfsubjectrulesreview - cluster -
authorization.k8s.io/v1 subjectaccessreviews subjectaccessreview - cluster -
autoscaling/v2,v1 horizontalpodautoscalers horizontalpodautoscaler hpa namespace status
batch/v1 cronjobs cronjob cj namespace status
batch/v1 jobs job - namespace status
certificates.k8s.io/v1 certificatesigningrequests certificatesigningrequest csr cluster approval,status
networking.k8s.io/v1 ingressclasses ingressclass - cluster -
networking.k8s.io/v1 ingresses ingress ing namespace status
networking.k8s.io/v1 ipaddresses ipaddress ip cluster -
networking.k8s.io/v1 networkpolicies networkpolicy netpol namespace -
networking.k8s.io/v1 servicecidrs servicecidr - cluster status
policy/v1 poddisruptionbudgets poddisruptionbudget pdb namespace status
rbac.authorization.k8s.io/v1 clusterrolebindings clusterrolebinding - cluster -
rbac.authorization.k8s.io/v1 clusterroles clusterrole - cluster -
rbac.authorization.k8s.io/v1 rolebindings rolebinding - namespace -
rbac.authorization.k8s.io/v1 roles role - namespace -
storage.k8s.io/v1 csidrivers csidriver - cluster -
storage.k8s.io/v1 csinodes csinode - cluster -
storage.k8s.io/v1 csistoragecapacities csistoragecapacity - namespace -
storage.k8s.io/v1 storageclasses storageclass sc cluster -
storage.k8s.io/v1 volumeattachments volumeattachment - cluster status
storage.k8s.io/v1 volumeattributesclasses volumeattributesclass vac cluster -
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations mutatingwebhookconfiguration - cluster -
admissionregistration.k8s.io/v1 validatingadmissionpolicies validatingadmissionpolicy - cluster status
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings validatingadmissionpolicybinding - cluster -
admissionregistration.k8s.io/v1 validatingwebhookconfigurations validatingwebhookconfiguration - cluster -
apiextensions.k8s.io/v1 customresourcedefinitions customresourcedefinition crd,crds cluster status
scheduling.k8s.io/v1 priorityclasses priorityclass pc cluster -
coordination.k8s.io/v1 leases lease - namespace -
node.k8s.io/v1 runtimeclasses runtimeclass - cluster -
discovery.k8s.io/v1 endpointslices endpointslice - namespace -
resource.k8s.io/v1 deviceclasses deviceclass - cluster -
resource.k8s.io/v1 resourceclaims resourceclaim - namespace status
resource.k8s.io/v1 resourceclaimtemplates resourceclaimtemplate - namespace -
resource.k8s.io/v1 resourceslices resourceslice - cluster -
flowcontrol.apiserver.k8s.io/v1 flowschemas flowschema - cluster status
flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations prioritylevelconfiguration - cluster status
`;

export const standardResources: readonly ResourceType[] = TABLE.trim().split('\n').map(parseRow);

function parseRow(row: string): ResourceType {
  const [groupVersions = '', plural = '', singular = '', shortNames = '', scope = '', subresources = ''] =
    row.split(' ');
  const slash = groupVersions.lastIndexOf('/');
  return {
    group: groupVersions.slice(0, Math.max(slash, 0)),
    versions: groupVersions.slice(slash + 1).split(','),
    plural,
    singular,
    shortNames: listOf(shortNames),
    namespaced: scope === 'namespace',
    subresources: listOf(subresources),
  };
}

function listOf(text: string): readonly string[] {
  return text === '-' ? [] : text.split(',');
}
