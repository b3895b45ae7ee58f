import type { RoleLintRule } from './lint-rule.ts';
import { riskRule } from './risk.ts';

const READ_OR_CREATE = ['get', 'create'];
const ANY = ['get', 'create', 'update', 'patch', 'delete'];
const KINDS = [
  ...['deployments', 'daemonsets', 'statefulsets', 'replicasets'].map((kind) => `${kind}.apps`),
  'replicationcontrollers',
  'jobs.batch',
  'cronjobs.batch',
];

/** Running code: in pods, or on the nodes. */
export const WORKLOAD_RULES: readonly RoleLintRule[] = [
  riskRule({
    id: 'pods-write',
    title: 'A role allows creating or changing pods',
    verbs: ['create', 'update', 'patch'],
    resources: ['pods'],
    everywhere: 'high',
    inNamespace: 'medium',
    named: 'low',
    why: 'a pod may use any service account, secret and volume of its namespace, and be privileged.',
    remedy: 'Enforce Pod Security on the namespaces, and keep powerful service accounts out of them.',
  }),
  riskRule({
    id: 'workloads-write',
    title: 'A role allows creating or changing workloads',
    verbs: ['create', 'update', 'patch'],
    resources: KINDS,
    everywhere: 'high',
    inNamespace: 'medium',
    named: 'low',
    why: 'the pods they make may use any service account, secret and volume of the namespace.',
    remedy: 'Enforce Pod Security on the namespaces, and keep powerful service accounts out of them.',
  }),
  riskRule({
    id: 'pods-exec',
    title: 'A role allows running commands in pods',
    verbs: READ_OR_CREATE,
    resources: ['pods/exec', 'pods/attach'],
    everywhere: 'high',
    inNamespace: 'medium',
    named: 'low',
    why: (verbs) =>
      verbs.includes('create')
        ? "commands run as the pod, with its service account's token and its secrets."
        : 'get alone is enough to run commands over a WebSocket before Kubernetes 1.35: this is no read-only right.',
    remedy: 'Give it to people for the time they need it, in the namespaces they need it in.',
  }),
  riskRule({
    id: 'pods-port-forward',
    title: 'A role allows reaching the ports of pods',
    verbs: READ_OR_CREATE,
    resources: ['pods/portforward'],
    everywhere: 'medium',
    inNamespace: 'low',
    named: 'low',
    why: 'it reaches ports that network policies and the pod itself keep to the inside.',
    remedy: 'Give it in the namespaces that need it.',
  }),
  riskRule({
    id: 'pods-proxy',
    title: 'A role allows HTTP requests to pods and services through the API server',
    verbs: ANY,
    resources: ['pods/proxy', 'services/proxy'],
    everywhere: 'medium',
    inNamespace: 'low',
    named: 'low',
    why: 'the request comes from the API server, past network policies.',
    remedy: 'Name the services in resourceNames, or expose them properly.',
  }),
  riskRule({
    id: 'pods-ephemeral-containers',
    title: 'A role allows adding containers to running pods',
    verbs: ['update', 'patch'],
    resources: ['pods/ephemeralcontainers'],
    everywhere: 'high',
    inNamespace: 'medium',
    named: 'low',
    why: 'a container of any image joins the pod, with its network and its volumes.',
    remedy: 'Give it to people for the time they debug, in the namespaces they need it in.',
  }),
  riskRule({
    id: 'pods-status',
    title: 'A role allows changing the status of pods or services',
    verbs: ['update', 'patch'],
    resources: ['pods/status', 'services/status'],
    everywhere: 'medium',
    inNamespace: 'low',
    named: 'low',
    why: 'a false status moves pods into services or draws traffic to a foreign address (CVE-2020-8554).',
    remedy: 'Leave the status to controllers.',
  }),
  riskRule({
    id: 'nodes-proxy',
    title: "A role allows requests to the kubelets' API",
    verbs: ANY,
    resources: ['nodes/proxy'],
    everywhere: 'critical',
    named: 'high',
    why: (verbs) =>
      verbs.every((verb) => verb === 'get')
        ? 'it looks read-only, but the kubelet runs commands in any pod over a GET that becomes a WebSocket.'
        : 'the kubelet runs commands in any pod of the node, past admission and audit.',
    remedy: 'Allow nodes/metrics, nodes/stats, nodes/log or nodes/healthz instead.',
  }),
  riskRule({
    id: 'nodes-write',
    title: 'A role allows changing nodes or their status',
    verbs: ['create', 'update', 'patch'],
    resources: ['nodes', 'nodes/status'],
    everywhere: 'high',
    named: 'medium',
    why: 'labels, taints, capacity and addresses steer pods, and the requests of the API server, to a node of choice.',
    remedy: 'Leave nodes to the kubelets and the node controllers.',
  }),
];
