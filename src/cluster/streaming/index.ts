/**
 * What carries a process' streams to a client: WebSocket channels and SPDY/3.1, for exec, attach, port-forward, logs and
 * watches. It knows protocols; what is at the other end of the streams it does not know.
 */

export type { ForwardedPorts } from './forwarded-ports.ts';
export { acceptLogStream, type OneWayStream } from './log-stream.ts';
export { acceptMessageStream, type MessageStream } from './message-stream.ts';
export { UpgradeRefused } from './negotiate-protocol.ts';
export { servePortForward } from './port-forward.ts';
export { acceptRemoteCommand } from './remote-command.ts';
export type { RemoteOutcome, RemoteStreams, StreamChoice, TerminalSize } from './remote-streams.ts';
export { createSessions, type Sessions } from './session-limits.ts';
