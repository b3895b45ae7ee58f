import type { ContainerWishes } from '../container/container.ts';
import type { Json } from '../json.ts';
import { objectIn, textIn } from '../json.ts';

/** Annotations of a pod that say how its containers are to behave. */
const exitCodeAnnotation = 'sallyport.dev/exit-code';
const logIntervalAnnotation = 'sallyport.dev/log-interval';

const minIntervalMs = 100;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** What cannot be read is passed over: an annotation is no field that the API could refuse. */
export function readWishes(metadata: Json): ContainerWishes {
  const annotations = objectIn(metadata, 'annotations');
  const code = textIn(annotations, exitCodeAnnotation);
  const interval = /^(\d+)(ms|s|m)$/.exec(textIn(annotations, logIntervalAnnotation));
  const intervalMs = Number(interval?.[1]) * (unitMs[interval?.[2] ?? ''] ?? 0);
  return {
    exitCode: /^\d{1,3}$/.test(code) ? Number(code) & 0xff : undefined,
    logIntervalMs: interval === null ? undefined : Math.min(Math.max(minIntervalMs, intervalMs), 2 ** 31 - 1),
  };
}
