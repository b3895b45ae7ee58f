/** SPDY/3.1 framing, as Kubernetes' clients use it for exec, attach and port-forward; no HTTP in it. */
export type { StreamHeaders } from './header-block.ts';
export { type SpdyConnection, serveSpdy } from './spdy-connection.ts';
export type { SpdyStream } from './spdy-stream.ts';
