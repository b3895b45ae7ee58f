import type { KubeObject, ResourceType } from '../cluster/index.ts';
import type { Actor } from '../identity/index.ts';
import type { Attributes, Decision, UserInfo } from '../kube/index.ts';

/** Who writes, and what of it is more than a verb on a kind. */
export interface Writing {
  readonly user: UserInfo;
  /** Who sent it: another than `user` where somebody acts as that user. */
  readonly caller: UserInfo;
  /** The same, for the trail of the identity provider. */
  readonly by: Actor;
  /** Everything is checked and nothing done. */
  readonly dryRun: boolean;
  /** Asks the gateway's authorizer a further question. */
  decide(attributes: Attributes): Promise<Decision>;
}

export interface KindQuery {
  /** Where to look; '' for a kind that is in no namespace, and for all of them. */
  readonly namespace: string;
  /** What a page takes at most. */
  readonly limit: number;
  /** The place after which it begins. */
  readonly after: string | undefined;
  /** The value that a selectable field has to have; undefined when it may have any. A hint: all is looked at once more. */
  required(field: string): string | undefined;
  /** Reads as of this revision, where the kind has any. Default: now. */
  readonly revision?: number | undefined;
}

/** What became of one object; one of the two is always there. */
export interface KindChange {
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

export interface KindWatch {
  onChanges(changes: readonly KindChange[], revision: number): void;
  /** The watch is over. */
  onError(error: Error): void;
}

export interface KindPage {
  /** In the order of their places. */
  readonly items: readonly KubeObject[];
  /** After which the next page begins, as KindQuery has it; undefined on the last one. */
  readonly next: string | undefined;
  /** Of the store, where it can be told. */
  readonly revision: number | undefined;
}

/** One kind of the group: what can be done with its objects. What is not there is not served. */
export interface AdminKind {
  readonly type: ResourceType;
  list?(query: KindQuery): Promise<KindPage>;
  /** By what its lists are in order, and pages are continued. Default: the name, behind the namespace where there is one. */
  placeOf?(object: KubeObject): string;
  /** Every change after a revision, in order. Needs lists that can be read at a revision. */
  watch?(after: number, handlers: KindWatch, namespace: string): { close(): void; progress(): number };
  get?(name: string, namespace: string): Promise<KubeObject | undefined>;
  /** The namespace, where the kind has one, is that of the request. @throws StatusError, AccountError */
  create?(wanted: KubeObject, writing: Writing): Promise<KubeObject>;
  /**
   * Makes the object what is wanted, if it still is `current`.
   * @throws StatusError; AccountError, `changed` among them
   */
  update?(wanted: KubeObject, current: KubeObject, writing: Writing): Promise<KubeObject>;
  /** @throws StatusError; AccountError, `changed` among them */
  delete?(current: KubeObject, writing: Writing): Promise<void>;
  /** What is done with one object by POST to a subresource, by its name. */
  readonly actions?: Readonly<Record<string, Action>>;
}

/** Takes the body as an object of the subresource's kind. */
export interface Action {
  /** How the body looks: a type of its own, which has no collection. */
  readonly type: ResourceType;
  run(current: KubeObject, body: KubeObject, writing: Writing): Promise<KubeObject>;
}
