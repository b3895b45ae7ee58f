export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** Whether a container that ended with this code is started anew. */
export function restarts(policy: RestartPolicy, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

const firstDelayMs = 10_000;
const longestDelayMs = 300_000;

/**
 * How long a container waits before it is started anew: the first time not at all, then 10 s, 20 s, … 5 min.
 * @param failures how often it has ended in a row
 * Source: kubelet, MaxContainerBackOff and backOffPeriod.
 */
export function restartDelayMs(failures: number): number {
  if (failures <= 1) return 0;
  return Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 2));
}

/** As Go prints a duration. */
export function delayText(ms: number): string {
  const seconds = ms / 1000;
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}
