import type { UserInfo } from '../../kube/index.ts';

/** The admin API, asked in the name of somebody, who may do there what they may do with kubectl. */
export interface AdminDesk {
  /** @param resource with its subresource: `users/reset` */
  may(user: UserInfo, verb: string, resource: string): Promise<boolean>;
  /**
   * Decides the request, and has it answered.
   * @param target path and query
   * @param table whether to answer with a Table, as kubectl has it
   */
  ask(user: UserInfo, request: DeskRequest): Promise<DeskAnswer>;
}

export interface DeskRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly target: string;
  readonly table?: true;
  readonly body?: object;
}

export type DeskAnswer =
  | { readonly done: true; readonly body: unknown }
  /** In the words of a Kubernetes Status. */
  | { readonly done: false; readonly code: number; readonly message: string };

export interface AdminObject {
  readonly metadata: {
    readonly name?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string | null;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** meta.k8s.io/v1 Table, as far as a page needs it. */
export interface AdminTable {
  readonly metadata: { readonly continue?: string };
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: { readonly name: string } };
  }[];
}
