import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createServiceHeaders,
  type ServiceHeadersOptions,
} from '../../../src/gateway/sidecar/service-headers.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { IDENTITY_HEADERS } from '../support/services.ts';

const jane: UserInfo = { username: 'jane', groups: ['dev', 'ops'] };
const OPTIONS: ServiceHeadersOptions = {
  host: 'app:80',
  identityHeaders: IDENTITY_HEADERS,
  passAuthorization: false,
};

/** As Node gives it: the lines of Connection are joined, of Authorization and Host the first counts. */
function requestWith(rawHeaders: string[]): IncomingMessage {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? '';
    const value = rawHeaders[at + 1] ?? '';
    headers[name] =
      headers[name] === undefined || name !== 'connection'
        ? (headers[name] ?? value)
        : `${headers[name]}, ${value}`;
  }
  return { rawHeaders, headers, socket: { remoteAddress: '192.0.2.7' } } as unknown as IncomingMessage;
}

/** `name: value` lines. */
function lines(
  rawHeaders: string[],
  options: Partial<ServiceHeadersOptions> = {},
  user: UserInfo | undefined = jane,
): string[] {
  const flat = createServiceHeaders({ ...OPTIONS, ...options })(requestWith(rawHeaders), user, 'id-1');
  return flat.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${flat[at + 1]}`] : []));
}

const OWN = [
  'audit-id: id-1',
  'x-forwarded-for: 192.0.2.7',
  'x-forwarded-proto: https',
  'x-remote-user: jane',
  'x-remote-groups: dev|ops',
];

describe('the headers of a service', () => {
  it("are an application's own, and what the gateway says", () => {
    expect(
      lines([
        ...['Host', 'gateway.example', 'Cookie', 'a=1', 'X-App_Version', '2', 'Accept', 'text/html'],
        ...['X-Twice', '1', 'x-twice', '2', 'Content-Length', '5', 'Sec-WebSocket-Protocol', 'chat'],
      ]),
    ).toEqual([
      'host: app:80',
      'x-app_version: 2',
      'accept: text/html',
      'x-twice: 1',
      'x-twice: 2',
      'sec-websocket-protocol: chat',
      'cookie: a=1',
      'content-length: 5',
      ...OWN.slice(0, 3),
      'x-forwarded-host: gateway.example',
      ...OWN.slice(3),
    ]);
  });

  it.each([
    ...['X-Remote-User', 'x-remote-GROUPS', 'X-Remote-Extra-Scopes', 'X_Remote_User', 'X.Remote.User'],
    ...['X!Remote~User', 'Impersonate-User', 'Impersonate-Extra-a', 'Impersonate_Group', 'Remote-User'],
    ...['X-Auth-Request-User', 'X-Auth-Request-Groups', 'X-WebAuth-User', 'X-Forwarded-User'],
    ...['X-Forwarded-Client-Cert', 'X-SSL-Client-Cert', 'SSL-Client-Verify', 'Tailscale-User-Login'],
    ...['X-Forwarded-For', 'X_Forwarded_Proto', 'X-Forwarded-Host', 'Forwarded', 'X-Real-Ip', 'Via'],
    ...['X-Original-URL', 'X-Rewrite-Url', 'X-Original-URI', 'X-Envoy-Original-Path'],
    ...['X-HTTP-Method-Override', 'X-Http-Method', 'X-Method-Override', 'Authorization', 'Audit-Id'],
    ...['Proxy-Authorization', 'Proxy', 'TE', 'Trailer', 'Keep-Alive', 'Upgrade', 'HTTP2-Settings', 'Expect'],
    ...['Transfer-Encoding', 'Proxy-Connection', 'Connection'],
  ])('never have %s from a client', (name) => {
    expect(lines([name, 'evil'])).toEqual(['host: app:80', ...OWN]);
  });

  it.each([
    ['X-Secret'],
    ['x-secret, close'],
    [' , X-SECRET ,'],
    ['close', '', 'x-secret'],
    // Nothing that the gateway says can be named away.
    ['x-secret, x-remote-user, x-remote-groups, audit-id, x-forwarded-for, host, authorization'],
  ])('have nothing that Connection names: %j %j %j', (...connection) => {
    const named = connection.flatMap((value) => ['Connection', value]);
    expect(lines([...named, 'X-Secret', '1'])).toEqual(['host: app:80', ...OWN]);
  });

  it('keep the length that frames the body, whatever Connection says', () => {
    expect(lines(['Connection', 'content-length', 'Content-Length', '5'])).toContain('content-length: 5');
  });

  it('have configured names, and never the client’s copy of them', () => {
    const identityHeaders = { user: 'X-Webuser', groups: 'X-Webgroups', groupsSeparator: ',' };
    const sent = lines(['x-webuser', 'root', 'X_WebGroups', 'root', 'X-Remote-User', 'root'], {
      identityHeaders,
    });
    expect(sent.slice(-2)).toEqual(['x-webuser: jane', 'x-webgroups: dev,ops']);
    expect(sent.join()).not.toContain('root');
  });

  it('of HTTP/2 are the same: one cookie line, no pseudo headers', () => {
    const sent = lines([
      ...[':method', 'GET', ':path', '/', ':authority', 'gateway.example', ':scheme', 'https'],
      ...['cookie', 'a=1', 'cookie', 'b=2'],
    ]);
    expect(sent).toEqual([
      'host: app:80',
      'cookie: a=1; b=2',
      ...OWN.slice(0, 3),
      'x-forwarded-host: gateway.example',
      ...OWN.slice(3),
    ]);
  });

  it('never have the token that a browser puts among the protocols of a WebSocket', () => {
    const token = 'base64url.bearer.authorization.k8s.io.dG9rZW4';
    const sent = lines(['Sec-WebSocket-Protocol', `${token}, chat`, 'Sec-WebSocket-Protocol', token]);
    expect(sent.filter((line) => line.startsWith('sec-'))).toEqual(['sec-websocket-protocol: chat']);
  });

  it('have no groups header when there is no group', () => {
    expect(lines(['X-Remote-Groups', 'evil'], {}, { username: 'jane', groups: [] }).join()).not.toContain(
      'groups',
    );
  });

  it('have the header that was decided on, in its own spelling only', () => {
    const sent = lines(['X-Namespace', 'a', 'X_Namespace', 'b', 'x-namespace', 'c'], {
      decidedOn: 'X-Namespace',
    });
    expect(sent.filter((line) => /namespace/.test(line))).toEqual(['x-namespace: a', 'x-namespace: c']);
  });

  it('have the caller’s token only when that is configured', () => {
    expect(lines(['Authorization', 'Bearer t'], { passAuthorization: true })).toContain(
      'authorization: Bearer t',
    );
    expect(lines(['Authorization', 'Bearer t']).join()).not.toContain('Bearer');
  });

  it('say exactly who asks, whatever a client sends', () => {
    const separator = fc.constantFrom('-', '_', '.', '~', '!', '|');
    const identity = fc
      .constantFrom('x remote user', 'x remote groups', 'x remote uid', 'impersonate user', 'x forwarded for')
      .chain((words) =>
        fc.tuple(separator, fc.boolean()).map(([mark, upper]) => {
          const name = words.replaceAll(' ', mark);
          return upper ? name.toUpperCase() : name;
        }),
      );
    const name = fc.oneof(identity, fc.constant('Connection'), fc.stringMatching(/^[a-z_-]{1,12}$/));
    const value = fc.oneof(
      fc.constantFrom('x-remote-user', 'X-Remote-User, x-remote-groups'),
      fc.constant('evil'),
    );
    const header = fc.tuple(name, value);
    fc.assert(
      fc.property(fc.array(header, { maxLength: 12 }), (headers) => {
        const sent = lines(headers.flat());
        const asRead = sent.map((line) => line.replace(/^[^:]*/, (key) => key.replace(/[^a-z0-9]/g, '-')));
        expect(asRead.filter((line) => /^(?:x-remote-|impersonate-|x-forwarded-for)/.test(line))).toEqual([
          'x-forwarded-for: 192.0.2.7',
          'x-remote-user: jane',
          'x-remote-groups: dev|ops',
        ]);
      }),
    );
  });
});
