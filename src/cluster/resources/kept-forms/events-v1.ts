import type { KeptForm, KubeObject } from '../resource-type.ts';

/** Members of the core group's Event, and what events.k8s.io/v1 calls them. Source: Kubernetes pkg/apis/events/v1/conversion.go. */
const names = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
] as const;

/** There is one set of events: that of the core group. */
export const eventsV1: KeptForm = {
  group: '',
  toStored: (event) => ({ ...renamed(event, 1, 0), apiVersion: 'v1' }),
  fromStored: (event) => ({ ...renamed(event, 0, 1), apiVersion: 'events.k8s.io/v1' }),
};

function renamed(event: KubeObject, from: 0 | 1, to: 0 | 1): KubeObject {
  const other = new Map(names.map((pair) => [pair[from] as string, pair[to]]));
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [other.get(name) ?? name, value]),
  ) as KubeObject;
}
