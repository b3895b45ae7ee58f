import type { Actor, IdentityAction, IdentityAudit } from './identity-audit.ts';

export interface Audited {
  readonly action: IdentityAction;
  readonly by: Actor;
  /** Where it is known before the work is done. */
  readonly subject?: string | undefined;
}

/**
 * Does the work and records how it ended. What is thrown passes on; its `fault` is the reason recorded, and nothing else
 * of it, because messages may quote what was typed.
 * @param subjectOf names the subject by the result
 */
export async function audited<T>(
  { audit, now }: { readonly audit: IdentityAudit; now(): number },
  { action, by, subject }: Audited,
  work: () => Promise<T>,
  subjectOf: (result: T) => string | undefined = () => subject,
): Promise<T> {
  const event = { action, actor: by.name, client: by.client, address: by.address, requestId: by.requestId };
  try {
    const result = await work();
    const about = { subject: subjectOf(result), result: 'success', reason: undefined } as const;
    await audit.record({ ...event, ...about, at: now() });
    return result;
  } catch (error) {
    await audit.record({ ...event, subject, result: 'failure', reason: faultOf(error), at: now() });
    throw error;
  }
}

function faultOf(error: unknown): string {
  return error instanceof Error && 'fault' in error && typeof error.fault === 'string'
    ? error.fault
    : 'internal';
}
