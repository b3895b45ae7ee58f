import type { EventRecorder } from '../events/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';
import { objectIn, objectsIn, textIn } from './json.ts';
import { nodeName } from './node-object.ts';
import type { PodHappening } from './pod/simulated-pod.ts';

/** What scheduler and kubelet tell of a pod. Source of the texts: kube-scheduler schedule_one.go, kubelet events and kuberuntime. */
export interface PodEvents {
  scheduled(pod: KubeObject): void;
  /** It stays without a node, for the reason that its status says. */
  unschedulable(pod: KubeObject): void;
  container(pod: KubeObject, happening: PodHappening): void;
  killing(pod: KubeObject): void;
  /** Its containers have been given something else. @param summary what they have now */
  resized(pod: KubeObject, summary: string): void;
}

const scheduler = { component: 'default-scheduler' };
const kubelet = { component: 'kubelet', host: nodeName };
const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

export function createPodEvents(events: EventRecorder, pods: ResourceType): PodEvents {
  function container(pod: KubeObject, { container: name, ...happening }: PodHappening): void {
    const list = lists.find((each) => namesIn(pod, each).includes(name)) ?? 'containers';
    events.record(kubelet, pods, pod, { ...happening, fieldPath: `spec.${list}{${name}}` });
  }

  return {
    container,
    scheduled(pod) {
      const { namespace, name } = pod.metadata;
      const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`;
      events.record(scheduler, pods, pod, { type: 'Normal', reason: 'Scheduled', message });
    },
    unschedulable(pod) {
      const conditions = objectsIn(objectIn(pod, 'status'), 'conditions');
      const condition = conditions.find((each) => each['type'] === 'PodScheduled') ?? {};
      const message = textIn(condition, 'message');
      events.record(scheduler, pods, pod, { type: 'Warning', reason: 'FailedScheduling', message });
    },
    resized(pod, summary) {
      for (const [reason, what] of [
        ['ResizeStarted', 'started'],
        ['ResizeCompleted', 'completed'],
      ] as const) {
        const message = `Pod resize ${what}: ${summary}`;
        events.record(kubelet, pods, pod, { type: 'Normal', reason, message });
      }
    },
    killing(pod) {
      for (const name of namesIn(pod, 'containers')) {
        const message = `Stopping container ${name}`;
        container(pod, { type: 'Normal', reason: 'Killing', message, container: name });
      }
    },
  };
}

function namesIn(pod: KubeObject, list: string): readonly string[] {
  return objectsIn(objectIn(pod, 'spec'), list).map((each) => textIn(each, 'name'));
}
