import type { IncomingMessage } from 'node:http';
import type { UserInfo } from '../../kube/index.ts';
import { createIdentityText } from '../access/index.ts';
import { offeredProtocols } from '../upgrade/index.ts';
import { namedByConnection } from '../upstream/named-by-connection.ts';
import { createHeaderGuard } from './guarded-headers.ts';

export interface IdentityHeaders {
  /** Header names, in any case. */
  readonly user: string;
  readonly groups: string;
  /** One character between the groups. */
  readonly groupsSeparator: string;
}

export interface ServiceHeadersOptions {
  /** The Host that the service gets. */
  readonly host: string;
  readonly identityHeaders: IdentityHeaders;
  /** Whether the caller's own Authorization goes on. */
  readonly passAuthorization: boolean;
  /** A header that is decided on: other spellings of its name are left behind. */
  readonly decidedOn?: string | undefined;
}

/**
 * Builds the header list for a service (names and values alternating, names in lower case). An application's headers are
 * its own, so that no allow-list is possible: the list is new, and takes over every inbound header but those of the hop,
 * those that Connection names, and those that say what only a proxy may say. What the gateway says comes last.
 * @returns a function; without a user (an ignored path) nothing is said of who asks
 */
export function createServiceHeaders({
  host,
  identityHeaders,
  passAuthorization,
  decidedOn,
}: ServiceHeadersOptions): (
  request: IncomingMessage,
  user: UserInfo | undefined,
  auditId: string,
) => string[] {
  const userHeader = identityHeaders.user.toLowerCase();
  const groupsHeader = identityHeaders.groups.toLowerCase();
  const identityText = createIdentityText(identityHeaders.groupsSeparator);
  const decided = decidedOn?.toLowerCase();
  const isGuarded = createHeaderGuard([
    userHeader,
    groupsHeader,
    ...(decided === undefined ? [] : [decided]),
  ]);
  return (request, user, auditId) => {
    const { rawHeaders, headers } = request;
    const ofHop = namedByConnection(headers.connection);
    const outbound: string[] = ['host', host];
    const cookies: string[] = [];
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      const name = rawHeaders[at]?.toLowerCase() ?? '';
      const value = rawHeaders[at + 1] ?? '';
      // HTTP/2's own fields (`:path`) are no headers.
      if (name.startsWith(':') || ofHop.has(name) || (isGuarded(name) && name !== decided)) continue;
      if (name === 'cookie') cookies.push(value);
      else if (name === 'sec-websocket-protocol') addProtocols(outbound, value);
      else outbound.push(name, value);
    }
    // HTTP/2 may send each cookie by itself (RFC 9113 §8.2.3).
    if (cookies.length > 0) outbound.push('cookie', cookies.join('; '));
    const length = headers['content-length'];
    if (length !== undefined) outbound.push('content-length', length);
    // Nothing was verified on an ignored path.
    const { authorization } = headers;
    if (passAuthorization && user !== undefined && authorization !== undefined) {
      outbound.push('authorization', authorization);
    }
    outbound.push('audit-id', auditId, 'x-forwarded-for', request.socket.remoteAddress ?? 'unknown');
    outbound.push('x-forwarded-proto', 'https');
    const asked = headers.host ?? headers[':authority'];
    if (typeof asked === 'string') outbound.push('x-forwarded-host', asked);
    if (user !== undefined) {
      const text = identityText(user);
      outbound.push(userHeader, text.user);
      if (text.groups !== '') outbound.push(groupsHeader, text.groups);
    }
    return outbound;
  };
}

/** Without the token that a browser puts there: it is the gateway's to read. */
function addProtocols(outbound: string[], value: string): void {
  const offered = offeredProtocols(value);
  if (offered.length > 0) outbound.push('sec-websocket-protocol', offered.join(', '));
}
