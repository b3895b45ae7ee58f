import type { IdentityAction } from './identity-actions.ts';
import type { Actor, IdentityAudit } from './identity-audit.ts';

export interface Audited {
  readonly action: IdentityAction;
  readonly by: Actor;
  /** Where it is known before the work is done. */
  readonly subject?: string | undefined;
  /** Which kind of it; or what is known of it when it has been done. */
  readonly detail?: string | (() => string | undefined) | undefined;
}

/**
 * Does the work and records how it ended. What is thrown passes on; its `fault` is the reason recorded, and nothing else
 * of it, because messages may quote what was typed.
 * @param subjectOf names the subject by the result
 */
export async function audited<T>(
  { audit, now }: { readonly audit: IdentityAudit; now(): number },
  { action, by, subject, detail }: Audited,
  work: () => Promise<T>,
  subjectOf: (result: T) => string | undefined = () => subject,
): Promise<T> {
  const { name, ...where } = by;
  const event = {
    action,
    actor: name,
    client: undefined,
    address: undefined,
    requestId: undefined,
    ...where,
  };
  const detailed = () => {
    const said = typeof detail === 'function' ? detail() : detail;
    return said === undefined ? event : { ...event, detail: said };
  };
  try {
    const result = await work();
    const about = { subject: subjectOf(result), result: 'success', reason: undefined } as const;
    await audit.record({ ...detailed(), ...about, at: now() });
    return result;
  } catch (error) {
    await audit.record({ ...detailed(), subject, result: 'failure', reason: faultOf(error), at: now() });
    throw error;
  }
}

/** What errors are called that have a code only. */
const reasons: Readonly<Record<string, string>> = {
  SP_IDENTITY_CLIENT_CONFIG: 'clientConfig',
  SP_IDENTITY_ACCOUNT_CONFLICT: 'accountConflict',
};

function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'internal';
  if ('fault' in error && typeof error.fault === 'string') return error.fault;
  return ('code' in error && reasons[String(error.code)]) || 'internal';
}
