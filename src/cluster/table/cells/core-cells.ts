import { timeSince } from '../human-duration.ts';
import { at, type Cell, count, creationTimestamp, list, name, orNone, size, text } from './read.ts';

// Source of all: Kubernetes pkg/printers/internalversion/printers.go.

export function nameAndAgeCells(object: unknown, now: number): readonly Cell[] {
  return [name(object), timeSince(creationTimestamp(object), now)];
}

/** Kinds without a printer of their own: the client formats the date. */
export function nameAndCreatedAtCells(object: unknown): readonly Cell[] {
  return [name(object), creationTimestamp(object)];
}

export function configMapCells(configMap: unknown, now: number): readonly Cell[] {
  const entries = size(configMap, 'data') + size(configMap, 'binaryData');
  return [name(configMap), entries, timeSince(creationTimestamp(configMap), now)];
}

export function secretCells(secret: unknown, now: number): readonly Cell[] {
  return [
    name(secret),
    text(secret, 'type'),
    size(secret, 'data'),
    timeSince(creationTimestamp(secret), now),
  ];
}

export function namespaceCells(namespace: unknown, now: number): readonly Cell[] {
  return [name(namespace), text(namespace, 'status', 'phase'), timeSince(creationTimestamp(namespace), now)];
}

export function leaseCells(lease: unknown, now: number): readonly Cell[] {
  return [name(lease), text(lease, 'spec', 'holderIdentity'), timeSince(creationTimestamp(lease), now)];
}

export function eventCells(event: unknown, now: number): readonly Cell[] {
  const first = timeSince(text(event, 'firstTimestamp') || text(event, 'eventTime'), now);
  const lastTimestamp = text(event, 'series', 'lastObservedTime') || text(event, 'lastTimestamp');
  const kind = text(event, 'involvedObject', 'kind').toLowerCase();
  const target = text(event, 'involvedObject', 'name');
  return [
    lastTimestamp === '' ? first : timeSince(lastTimestamp, now),
    text(event, 'type'),
    text(event, 'reason'),
    target === '' ? kind : `${kind}/${target}`,
    text(event, 'involvedObject', 'fieldPath'),
    eventSource(event),
    text(event, 'message').trim(),
    first,
    count(event, 'series', 'count') || count(event, 'count') || 1,
    name(event),
  ];
}

function eventSource(event: unknown): string {
  const component = text(event, 'source', 'component') || text(event, 'reportingComponent');
  const host = text(event, 'source', 'host') || text(event, 'reportingInstance');
  return host === '' ? component : `${component}, ${host}`;
}

export function nodeCells(node: unknown, now: number): readonly Cell[] {
  const address = (type: string) =>
    text(
      list(node, 'status', 'addresses').find((each) => text(each, 'type') === type),
      'address',
    );
  const info = at(node, 'status', 'nodeInfo');
  return [
    name(node),
    nodeStatus(node),
    nodeRoles(node),
    timeSince(creationTimestamp(node), now),
    text(info, 'kubeletVersion'),
    orNone(address('InternalIP')),
    orNone(address('ExternalIP')),
    text(info, 'osImage') || '<unknown>',
    text(info, 'kernelVersion') || '<unknown>',
    text(info, 'containerRuntimeVersion') || '<unknown>',
  ];
}

function nodeStatus(node: unknown): string {
  const ready = list(node, 'status', 'conditions').find((each) => text(each, 'type') === 'Ready');
  const status = ready === undefined ? 'Unknown' : text(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

const rolePrefix = 'node-role.kubernetes.io/';

function nodeRoles(node: unknown): string {
  const labels = (at(node, 'metadata', 'labels') as Record<string, unknown> | undefined) ?? {};
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)];
    return key === 'kubernetes.io/role' ? [String(value)] : [];
  });
  return orNone(
    [...new Set(roles)]
      .filter((role) => role !== '')
      .toSorted()
      .join(','),
  );
}

export function resourceQuotaCells(quota: unknown, now: number): readonly Cell[] {
  const hard = (at(quota, 'status', 'hard') as Record<string, unknown> | undefined) ?? {};
  const usage = (isLimit: boolean) =>
    Object.keys(hard)
      .filter((resource) => resource.startsWith('limits') === isLimit)
      .toSorted()
      .map(
        (resource) =>
          `${resource}: ${text(quota, 'status', 'used', resource) || '0'}/${String(hard[resource])}`,
      )
      .join(', ');
  return [name(quota), usage(false), usage(true), timeSince(creationTimestamp(quota), now)];
}
