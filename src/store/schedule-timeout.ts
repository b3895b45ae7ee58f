/** A timer that keeps no process alive. @returns how to call it off */
export function scheduleTimeout(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
