/** Less is the network's, and within every leeway. In milliseconds. */
const noticeable = 60_000;

/**
 * How far this machine's clock is ahead of the issuer's (negative: behind), in milliseconds; 0 when nobody would notice.
 * `date` is the `Date` header of an answer that came at `now`.
 */
export function clockSkew(now: number, date: number | undefined): number {
  if (date === undefined || Number.isNaN(date)) return 0;
  const skew = now - date;
  return Math.abs(skew) < noticeable ? 0 : skew;
}

/** A sentence for the user; `skew` in milliseconds. */
export function skewText(skew: number, issuer: string): string {
  const minutes = Math.round(Math.abs(skew) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const amount = hours === 0 ? `${minutes} min` : `${hours} h ${rest} min`;
  return `this machine's clock is ${amount} ${skew > 0 ? 'ahead of' : 'behind'} that of ${issuer}: set it (on Linux: timedatectl set-ntp true)`;
}
