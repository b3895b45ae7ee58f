import { PODS, type RawGateway } from './raw-gateway.ts';

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

export const WEBSOCKET = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', KEY];
export const SPDY = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
/** An API server's consent to a WebSocket. */
export const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

export interface UpgradedPod {
  readonly pod?: string;
  readonly sub?: string;
  readonly method?: string;
  /** Who asks; a name without a token sends none. */
  readonly person?: string;
}

/** The bytes of a request for a stream of a pod, with header lines of the test's own. */
export function upgradeRequest(
  { tokens }: Pick<RawGateway, 'tokens'>,
  lines: readonly string[],
  { pod = 'echo', sub = 'exec', method = 'GET', person = 'jane' }: UpgradedPod = {},
): string {
  const token = tokens[person as 'jane'];
  const own = token === undefined ? [] : [`Authorization: Bearer ${token}`];
  const head = [`${method} ${PODS}/${pod}/${sub}?command=sh HTTP/1.1`, 'Host: localhost', ...own, ...lines];
  return `${head.join('\r\n')}\r\n\r\n`;
}
