/** The parts of an issuer URL that its validation looks at. */
export interface IssuerURL {
  readonly scheme: string;
  readonly userinfo: string | undefined;
  /** Host without port and brackets, lower case. */
  readonly host: string;
  readonly query: string;
  readonly fragment: string;
}

// Go's net/url, not the WHATWG parser of Node: WHATWG repairs what it reads (backslashes, blanks,
// missing slashes), and a repaired issuer would no longer be the bytes that a token's iss must equal.
const badEscape = /%(?![0-9A-Fa-f]{2})/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f]/;
const badHostCharacter = /[^\u0080-\uffff\w\-.~!$&'()*+,;=:[\]<>"%]/;
const loopbackHost = /^(localhost|::1|127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/** Splits a URL as Go's net/url.Parse does; a string result is Go's error text. */
export function parseIssuerURL(text: string): IssuerURL | string {
  const failed = (why: string): string => `parse ${JSON.stringify(text)}: ${why}`;
  if (controlCharacter.test(text)) return failed('net/url: invalid control character in URL');
  const [beforeFragment = '', fragment = ''] = splitOnce(text, '#');
  const [beforeQuery = '', query = ''] = splitOnce(beforeFragment, '?');
  if (beforeQuery.startsWith(':')) return failed('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(beforeQuery)?.[1] ?? '';
  const rest = scheme === '' ? beforeQuery : beforeQuery.slice(scheme.length + 1);

  let authority = '';
  let path = rest;
  if (rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    authority = slash === -1 ? rest.slice(2) : rest.slice(2, slash);
    path = slash === -1 ? '' : rest.slice(slash);
  }
  const at = authority.lastIndexOf('@');
  const hostAndPort = authority.slice(at + 1);
  const badCharacter = badHostCharacter.exec(hostAndPort)?.[0];
  if (badCharacter !== undefined) {
    return failed(`invalid character ${JSON.stringify(badCharacter)} in host name`);
  }
  const escaped = [hostAndPort, path, fragment].find((part) => badEscape.test(part));
  if (escaped !== undefined) {
    const start = escaped.search(badEscape);
    return failed(`invalid URL escape ${JSON.stringify(escaped.slice(start, start + 3))}`);
  }
  const port = /:([^:\]]*)$/.exec(hostAndPort)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return failed(`invalid port ":${port}" after host`);
  return {
    scheme: scheme.toLowerCase(),
    userinfo: at === -1 ? undefined : authority.slice(0, at),
    host: hostAndPort
      .replace(/:\d*$/, '')
      .replace(/^\[(.*)\]$/, '$1')
      .toLowerCase(),
    query,
    fragment,
  };
}

/** Whether a host name is this machine by its spelling alone (no name is looked up). */
export function isLoopbackHost(host: string): boolean {
  return loopbackHost.test(host);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
