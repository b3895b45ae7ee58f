import { constants, type ServerHttp2Stream } from 'node:http2';

/**
 * Ends an HTTP/2 stream whose client takes nothing of what waits for it. One connection carries many streams, each with
 * a window of its own, so that the connection's timer says nothing about them.
 * @param ms without progress
 * @param onCut told when the stream is ended
 */
export function cutStalledStream(stream: ServerHttp2Stream, ms: number, onCut: () => void): void {
  stream.setTimeout(ms, () => {
    // Else nothing waits for the client: a watch without events, or a request that is still being answered.
    if (stream.writableLength === 0) return;
    onCut();
    stream.close(constants.NGHTTP2_CANCEL);
  });
}
