/** Calls back once after `ms` milliseconds, unless the process has nothing else to do; returns the way to cancel. */
export function schedule(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
