import { StatusError } from '../../../kube/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';
import { type Hook, HookCallError } from './hook.ts';

/** What is counted of webhooks. */
export interface HookMetrics {
  /** @param code 200, or the refusal's */
  asked(
    hook: string,
    type: HookType,
    operation: string,
    rejected: boolean,
    code: number,
    seconds: number,
  ): void;
  rejected(hook: string, type: HookType, operation: string, error: RejectionError, code: number): void;
  failedOpen(hook: string, type: HookType): void;
}

export type HookType = 'admit' | 'validating';
export type RejectionError = 'calling_webhook_error' | 'no_error' | 'apiserver_internal_error';

export const uncounted: HookMetrics = { asked: () => {}, rejected: () => {}, failedOpen: () => {} };

/**
 * Counts what becomes of asking a webhook, and gives undefined where it could not be asked and need not be.
 * Source: apiserver/pkg/admission/metrics/metrics.go and its callers.
 * @param noteFailedOpen called when a request goes on without the webhook's word
 */
export async function observeHook<T>(
  metrics: HookMetrics,
  {
    hook,
    type,
    operation,
  }: { readonly hook: Hook; readonly type: HookType } & Pick<AdmissionAttributes, 'operation'>,
  ask: () => Promise<T>,
  noteFailedOpen: () => void,
): Promise<T | undefined> {
  const start = performance.now();
  const count = (rejected: boolean, code: number) =>
    metrics.asked(hook.name, type, operation, rejected, code, (performance.now() - start) / 1000);
  try {
    const answer = await ask();
    count(false, 200);
    return answer;
  } catch (error) {
    const { kind, code } = classify(error);
    const isIgnored = error instanceof HookCallError && hook.failsOpen;
    count(!isIgnored, code);
    if (!isIgnored) metrics.rejected(hook.name, type, operation, kind, code);
    if (!isIgnored) throw error;
    metrics.failedOpen(hook.name, type);
    noteFailedOpen();
    return undefined;
  }
}

function classify(error: unknown): { readonly kind: RejectionError; readonly code: number } {
  if (error instanceof HookCallError) return { kind: 'calling_webhook_error', code: error.status };
  if (error instanceof StatusError && error.status.reason !== 'InternalError') {
    return { kind: 'no_error', code: error.status.code };
  }
  return { kind: 'apiserver_internal_error', code: 0 };
}
