import type { KubeObject } from '../../src/cluster/index.ts';
import { makeCertificateRequest } from '../certificates/support/make-certificate-request.ts';

const labels = { app: 'web' };
const selector = { matchLabels: labels };
const podSpec = { containers: [{ name: 'c', image: 'nginx:1.27' }] };
const template = { metadata: { labels }, spec: podSpec };
const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
const jobTemplate = { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } };
const reference = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const webhook = {
  name: 'a.b.example',
  clientConfig: { url: 'https://hooks.example/admit' },
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
};
const certificateRequest = Buffer.from(makeCertificateRequest().request).toString('base64');
const involvedObject = { kind: 'Pod', namespace: 'default', name: 'p' };
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

/** What makes a valid object of each kind that can be listed, by `group/version/plural`; the name is the test's. */
export const samples: Readonly<Record<string, Omit<KubeObject, 'metadata'>>> = {
  '/v1/configmaps': { data: { a: 'b' } },
  '/v1/endpoints': { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ port: 80 }] }] },
  '/v1/events': { involvedObject, reason: 'Started', message: 'm', type: 'Normal' },
  '/v1/limitranges': { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
  '/v1/namespaces': {},
  '/v1/nodes': {},
  '/v1/persistentvolumeclaims': { spec: claimSpec },
  '/v1/persistentvolumes': {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
  },
  '/v1/pods': { spec: podSpec },
  '/v1/podtemplates': { template },
  '/v1/replicationcontrollers': { spec: { replicas: 0, template } },
  '/v1/resourcequotas': { spec: { hard: { pods: '10' } } },
  '/v1/secrets': { data: { a: 'Yg==' } },
  '/v1/serviceaccounts': {},
  '/v1/services': { spec: { selector: labels, ports: [{ port: 80 }] } },
  'apiregistration.k8s.io/v1/apiservices': {
    spec: {
      group: 'metrics.example',
      version: 'v1',
      service: { namespace: 'kube-system', name: 'metrics' },
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  },
  'apps/v1/controllerrevisions': { data: { spec: { template: {} } }, revision: 1 },
  'apps/v1/daemonsets': { spec: { selector, template } },
  'apps/v1/deployments': { spec: { selector, template } },
  'apps/v1/replicasets': { spec: { selector, template } },
  'apps/v1/statefulsets': { spec: { serviceName: 'web', selector, template } },
  'autoscaling/v1/horizontalpodautoscalers': {
    spec: { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
  },
  'autoscaling/v2/horizontalpodautoscalers': { spec: { scaleTargetRef, maxReplicas: 3 } },
  'batch/v1/cronjobs': { spec: { schedule: '*/5 * * * *', jobTemplate } },
  'batch/v1/jobs': jobTemplate,
  'certificates.k8s.io/v1/certificatesigningrequests': {
    spec: { request: certificateRequest, signerName: 'a.example/signer', usages: ['client auth'] },
  },
  'networking.k8s.io/v1/ingressclasses': { spec: { controller: 'a.example/controller' } },
  'networking.k8s.io/v1/ingresses': {
    spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
  },
  'networking.k8s.io/v1/ipaddresses': {
    spec: { parentRef: { resource: 'services', namespace: 'default', name: 'web' } },
  },
  'networking.k8s.io/v1/networkpolicies': { spec: { podSelector: {}, ingress: [{}] } },
  'networking.k8s.io/v1/servicecidrs': { spec: { cidrs: ['10.97.0.0/16'] } },
  'policy/v1/poddisruptionbudgets': { spec: { minAvailable: 1, selector } },
  'rbac.authorization.k8s.io/v1/clusterrolebindings': { roleRef: reference },
  'rbac.authorization.k8s.io/v1/clusterroles': {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  'rbac.authorization.k8s.io/v1/rolebindings': { roleRef: reference },
  'rbac.authorization.k8s.io/v1/roles': {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  },
  'storage.k8s.io/v1/csidrivers': { spec: { podInfoOnMount: true } },
  'storage.k8s.io/v1/csinodes': { spec: { drivers: [{ name: 'd.example', nodeID: 'n' }] } },
  'storage.k8s.io/v1/csistoragecapacities': { storageClassName: 'fast', capacity: '1Gi' },
  'storage.k8s.io/v1/storageclasses': { provisioner: 'a.example/disk' },
  'storage.k8s.io/v1/volumeattachments': {
    spec: { attacher: 'd.example', nodeName: 'n', source: { persistentVolumeName: 'pv' } },
  },
  'storage.k8s.io/v1/volumeattributesclasses': { driverName: 'd.example', parameters: { iops: '100' } },
  'admissionregistration.k8s.io/v1/mutatingwebhookconfigurations': { webhooks: [webhook] },
  'admissionregistration.k8s.io/v1/validatingadmissionpolicies': {
    spec: {
      matchConstraints: {
        resourceRules: [
          { operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] },
        ],
      },
      validations: [{ expression: 'object.spec.replicas <= 5' }],
    },
  },
  'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings': {
    spec: { policyName: 'p', validationActions: ['Deny'] },
  },
  'admissionregistration.k8s.io/v1/validatingwebhookconfigurations': { webhooks: [webhook] },
  'scheduling.k8s.io/v1/priorityclasses': { value: 1000 },
  'coordination.k8s.io/v1/leases': { spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } },
  'node.k8s.io/v1/runtimeclasses': { handler: 'runsc' },
  'discovery.k8s.io/v1/endpointslices': {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.1.2.3'] }],
    ports: [{ name: 'http', port: 80 }],
  },
  'events.k8s.io/v1/events': {
    eventTime: '2026-11-24T00:00:00.000000Z',
    reportingController: 'a.example/c',
    reportingInstance: 'c-1',
    action: 'Starting',
    reason: 'Started',
    type: 'Normal',
    regarding: involvedObject,
  },
  'resource.k8s.io/v1/deviceclasses': {},
  'resource.k8s.io/v1/resourceclaims': {
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example' } }] } },
  },
  'resource.k8s.io/v1/resourceclaimtemplates': {
    spec: {
      spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu.example' } }] } },
    },
  },
  'resource.k8s.io/v1/resourceslices': {
    spec: {
      driver: 'gpu.example',
      nodeName: 'n',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
    },
  },
  'flowcontrol.apiserver.k8s.io/v1/flowschemas': {
    spec: { priorityLevelConfiguration: { name: 'catch-all' } },
  },
  'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations': {
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  },
};

/** The name of an object whose kind has rules for names; 'sample' for all others. */
export const sampleNames: Readonly<Record<string, string>> = {
  'apiregistration.k8s.io/v1/apiservices': 'v1.metrics.example',
  'networking.k8s.io/v1/ipaddresses': '10.97.1.1',
};
