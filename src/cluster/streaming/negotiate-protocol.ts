/** Answers with this text instead of another protocol. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused';
  readonly code: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;

  constructor(code: number, message: string, headers: UpgradeRefused['headers'] = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

/** The tokens of a header that lists some. */
export function listed(header: string | readonly string[] | undefined): string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  return text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
}

/**
 * The client's first WebSocket subprotocol that is served; undefined when it offers none and none is needed.
 * Throws UpgradeRefused 403. Source: apimachinery streaming wsstream, golang.org/x/net/websocket.
 */
export function chooseSubprotocol(
  offered: readonly string[],
  served: readonly string[],
  isNeeded: boolean,
): string | undefined {
  if (offered.length === 0 && !isNeeded) return undefined;
  const chosen = offered.find((each) => served.includes(each));
  if (chosen !== undefined) return chosen;
  throw new UpgradeRefused(
    403,
    `requested protocol(s) are not supported: [${offered.join(' ')}]; supports [${served.join(' ')}]`,
  );
}

/**
 * The client's first X-Stream-Protocol-Version that is served. Throws UpgradeRefused 403.
 * Source: apimachinery/pkg/util/httpstream Handshake.
 */
export function chooseStreamProtocol(offered: readonly string[], served: readonly string[]): string {
  // Clients of Kubernetes 1.0 did not say.
  if (offered.length === 0) return '';
  const chosen = offered.find((each) => served.includes(each));
  if (chosen !== undefined) return chosen;
  throw new UpgradeRefused(
    403,
    `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], ` +
      `server accepts [${served.join(' ')}]`,
    { 'X-Accepted-Stream-Protocol-Versions': served },
  );
}
