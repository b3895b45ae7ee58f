import type { Attributes, Decision } from '../kube/index.ts';
import type { ActingUser } from './person.ts';
import type { AccessBinding } from './role-binding.ts';

/** Who acts, and a way to ask what else they may do. */
export interface Authority extends ActingUser {
  decide(attributes: Attributes): Promise<Decision>;
}

/** The bindings of one cluster, as far as requests have made them. */
export interface Bindings {
  /**
   * Whether the approver may hand the role out: Kubernetes' rule against escalation.
   * @throws StatusError with what is missing
   */
  confirmMayBind(binding: AccessBinding, approver: Authority): Promise<void>;
  /** Whether the binding could be written now, by a dry run. @throws StatusError */
  tryWrite(binding: AccessBinding): Promise<void>;
  /** It is there afterwards, with this content, also when it was before. */
  write(binding: AccessBinding): Promise<void>;
  /** It is gone afterwards, also when it was before. */
  remove(binding: Pick<AccessBinding, 'kind' | 'metadata'>): Promise<void>;
  /** All that requests have made, of whichever store. */
  list(): Promise<readonly AccessBinding[]>;
}
