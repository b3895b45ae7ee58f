/**
 * Makes a writer of metav1.MicroTime: RFC 3339 in UTC with six digits. It keeps the last second's text, because most
 * events are of the same second.
 * @returns a function of milliseconds since 1970; a fraction gives the microseconds
 */
export function createMicroTime(): (ms: number) => string {
  let lastSecond = Number.NaN;
  let prefix = '';
  return (ms) => {
    const micros = Math.round(ms * 1000);
    const second = Math.floor(micros / 1_000_000);
    if (second !== lastSecond) {
      lastSecond = second;
      prefix = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${prefix}${String(micros - second * 1_000_000).padStart(6, '0')}Z`;
  };
}
