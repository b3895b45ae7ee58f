/** Characters of a moment: milliseconds since the epoch in base 36, which has nine of them until 2058's end and after 1972. */
const length = 9;
const dated = /^[0-9a-z]{9}[\w-]{43}$/;

/**
 * An id that begins with when it was drawn. Records lie in the order of their keys: those of tokens that are made at about
 * the same time then lie side by side, on few pages, however many there are; drawn wholly at random, each would have the
 * store read and write a page of its own.
 * @param random 43 characters of base64url, which alone are the secret
 * @param now milliseconds since the epoch
 */
export function datedId(random: string, now: number): string {
  return now.toString(36).padStart(length, '0') + random;
}

/** What a dated id begins with; '' for an id of another form. */
export function dateOf(id: string): string {
  return dated.test(id) ? id.slice(0, length) : '';
}
