/**
 * Who a request is from, as Kubernetes sees it.
 * Field names are those of authentication.k8s.io/v1 UserInfo.
 */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}
