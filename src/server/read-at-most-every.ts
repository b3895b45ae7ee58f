/**
 * A value that is read anew when it is older than `ms` milliseconds: a file read at every request would cost more than all
 * decisions about it. What can't be read is not remembered; whoever asks hears of it.
 * @param now milliseconds of a clock that never goes back
 */
export function readAtMostEvery<T>(ms: number, now: () => number, read: () => T): () => T {
  let known: { readonly value: T; readonly at: number } | undefined;
  return () => {
    const time = now();
    if (known === undefined || time - known.at >= ms) known = { value: read(), at: time };
    return known.value;
  };
}
