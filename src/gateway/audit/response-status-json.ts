import { encodeStatus, type Status } from '../../kube/index.ts';

const TYPE_META = '{"kind":"Status","apiVersion":"v1",';

/** What the event tells of an answer: the Status that it carried, or else the code alone. */
export function responseStatusJson(code: number, status: Status | undefined): string {
  if (status === undefined) return `{"metadata":{},"code":${code}}`;
  // Only the bounded fields. Source: Kubernetes apiserver/pkg/audit/context.go LogResponseObject.
  const text = encodeStatus({ ...status, metadata: {}, code });
  const members = text.slice(TYPE_META.length, -2);
  // A success is encoded without its code in an answer, but with it in an event.
  return status.status === 'Success' ? `{${members},"code":${code}}` : `{${members}}`;
}
