import type { Attributes, Decision, UserInfo } from '../../kube/index.ts';
import type { KubeObject, ResourceType } from '../resources/index.ts';

/** Source: apiserver/pkg/admission Operation. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Who asks for a write and how, and who is told what was thought of it. */
export interface Requester {
  readonly user: UserInfo;
  /** CreateOptions, UpdateOptions, PatchOptions or DeleteOptions; null where a request has none. */
  readonly options: object | null;
  /** Asks what else the user may do. */
  authorize(attributes: Attributes): Decision;
  /** Tells the client. */
  warn(text: string): void;
  /**
   * Notes something in the audit event. A key that is there already keeps its value.
   * @param least noted only where as much as this is recorded; whatever is recorded when absent
   */
  annotate(key: string, value: string, least?: 'Request'): void;
}

/** One write as webhooks and policies look at it. Source: apiserver/pkg/admission Attributes. */
export interface AdmissionAttributes {
  readonly requester: Requester;
  readonly dryRun: boolean;
  readonly operation: Operation;
  /** What the request names. */
  readonly type: ResourceType;
  /** '' on the main path. */
  readonly subresource: string;
  /** '' for what is in no namespace; a Namespace is in itself. */
  readonly namespace: string;
  /** '' while it is to be generated, and of the objects of a collection. */
  readonly name: string;
  /** In the version of `type`; undefined when it is to go. */
  readonly object: KubeObject | undefined;
  /** Undefined when it is new. */
  readonly oldObject: KubeObject | undefined;
}

/** The kind of the object that such a request carries: of /scale, a Scale. */
export function kindOf(type: ResourceType, subresource: string): GroupVersionKind {
  const { group, version, kind } = type;
  const own = type.subresources.find(({ name }) => name === subresource);
  if (own === undefined) return { group, version, kind };
  return own.version === ''
    ? { group, version, kind: own.kind }
    : { group: own.group, version: own.version, kind: own.kind };
}

/** What a refusal calls the object. Source: apiserver/pkg/admission/errors.go extractResourceName. */
export function refusedName({ name, object }: Pick<AdmissionAttributes, 'name' | 'object'>): string {
  if (name !== '') return name;
  return object?.metadata?.name || object?.metadata?.generateName || 'Unknown';
}
