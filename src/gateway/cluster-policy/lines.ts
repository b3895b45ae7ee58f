/** A line is longer than anything that an API server sends. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

/**
 * The lines of a stream, without their ends. What follows the last line end is no line: the stream was cut in it.
 * @param limit bytes of one line; nothing more than that is kept
 * @throws LineTooLongError, and what the stream throws
 */
export async function* linesOf(stream: AsyncIterable<Buffer>, limit: number): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const last = chunk.subarray(start, end);
      if (length + last.length > limit) throw new LineTooLongError();
      yield Buffer.concat([...parts, last]).toString('utf8');
      parts = [];
      length = 0;
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    length += rest.length;
    if (length > limit) throw new LineTooLongError();
    if (rest.length > 0) parts.push(rest);
  }
}
