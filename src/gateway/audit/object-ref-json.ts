import type { RequestInfo } from '../../kube/index.ts';
import { jsonText } from './json-text.ts';

/** What an object's own metadata may add to what the target says; the target's word counts first. */
export interface ObjectMetadata {
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** The event's objectRef. Source of the order: Kubernetes apiserver/pkg/apis/audit/v1 ObjectReference. */
export function objectRefJson(requestInfo: RequestInfo, metadata: ObjectMetadata | undefined): string {
  const members =
    member('resource', requestInfo.resource) +
    member('namespace', requestInfo.namespace || (metadata?.namespace ?? '')) +
    member('name', requestInfo.name || (metadata?.name ?? '')) +
    member('uid', metadata?.uid ?? '') +
    member('apiGroup', requestInfo.apiGroup) +
    member('apiVersion', requestInfo.apiVersion) +
    member('resourceVersion', metadata?.resourceVersion ?? '') +
    member('subresource', requestInfo.subresource);
  return `{${members.slice(1)}}`;
}

function member(name: string, value: string): string {
  return value === '' ? '' : `,"${name}":${jsonText(value)}`;
}
