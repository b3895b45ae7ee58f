import { type ObjectContext, timestamp } from '../objects/object-context.ts';
import { coreType, type KubeObject, type ResourceType } from '../resources/index.ts';
import { type PodUsage, podUsages } from './pod-usages.ts';
import { addUsage, type Usage, usageQuantities } from './usage.ts';

/** What is measured at a time. metrics-server's --metric-resolution. */
const window = '15s';

/** What a kubelet and the system beside it use. */
const ofNode: Usage = { cpu: 120e6, memory: 640 * 1024 * 1024 };

/** The metrics of a namespace's pods, of all when it is '', or of all nodes, by name. */
export async function metricsObjects(
  context: ObjectContext,
  { resource }: ResourceType,
  namespace: string,
): Promise<readonly KubeObject[]> {
  if (resource === 'pods') {
    return (await podUsages(context, namespace)).map((usage) => podMetrics(context, usage));
  }
  const usages = await podUsages(context, '');
  const { items } = await context.objects.list(coreType('nodes'), '');
  return items.map(({ object }) => nodeMetrics(context, object, usages));
}

function podMetrics(context: ObjectContext, { pod, containers }: PodUsage): KubeObject {
  return {
    ...measured(context, 'PodMetrics', pod),
    containers: containers.map(({ name, usage }) => ({ name, usage: usageQuantities(usage) })),
  };
}

function nodeMetrics(context: ObjectContext, node: KubeObject, pods: readonly PodUsage[]): KubeObject {
  const own = pods.filter(
    ({ pod }) => (pod['spec'] as { readonly nodeName?: string }).nodeName === node.metadata.name,
  );
  const used = own.flatMap(({ containers }) => containers.map(({ usage }) => usage));
  const usage = usageQuantities(used.reduce(addUsage, ofNode));
  return { ...measured(context, 'NodeMetrics', node), usage };
}

/** Metrics have the name and the labels of what was measured, and are as old as the measurement. */
function measured(context: ObjectContext, kind: string, { metadata }: KubeObject): KubeObject {
  const { name, namespace, labels } = metadata;
  const time = timestamp(context);
  return {
    kind,
    apiVersion: 'metrics.k8s.io/v1beta1',
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      creationTimestamp: time,
      ...(labels != null && { labels }),
    },
    timestamp: time,
    window,
  };
}
