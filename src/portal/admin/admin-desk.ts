import type { UserInfo } from '../../kube/index.ts';

/** The admin API, asked in the name of somebody, who may do there what they may do with kubectl. */
export interface AdminDesk {
  /** @param resource with its subresource: `users/reset` */
  may(user: UserInfo, verb: string, resource: string): Promise<boolean>;
  /**
   * Decides the request, and has it answered.
   */
  ask(user: UserInfo, request: DeskRequest): Promise<DeskAnswer>;
}

export interface DeskRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query. */
  readonly target: string;
  readonly body?: object;
}

export type DeskAnswer =
  | { readonly done: true; readonly body: unknown }
  /** In the words of a Kubernetes Status. */
  | {
      readonly done: false;
      readonly code: number;
      readonly message: string;
      /** What is wrong with which part of the object, where that is known. */
      readonly causes?: readonly { readonly field?: string; readonly message?: string }[];
    };

export interface AdminObject {
  readonly metadata: {
    readonly name?: string;
    readonly resourceVersion?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string | null;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** A list of the API, as far as a page needs it. */
export interface AdminList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly AdminObject[];
}
