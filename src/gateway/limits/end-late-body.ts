import { constants, type ServerHttp2Stream } from 'node:http2';

/**
 * Ends an HTTP/2 stream whose request does not arrive as a whole in time, since it holds a seat all the while. Node keeps
 * such a time for HTTP/1.1 only.
 * @param onLate told when the stream is ended
 */
export function endLateBody(stream: ServerHttp2Stream, ms: number, onLate: () => void): void {
  if (stream.endAfterHeaders) return;
  const late = setTimeout(() => {
    onLate();
    stream.close(constants.NGHTTP2_CANCEL);
  }, ms);
  const over = () => clearTimeout(late);
  stream.once('end', over).once('close', over);
}
