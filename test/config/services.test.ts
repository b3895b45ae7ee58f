import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/index.ts';
import { compilePathPattern } from '../../src/gateway/access/path-pattern.ts';

const deps = { dataDir: '/data', env: {} };

function parse(gateway: string) {
  return parseConfig(
    `issuer: https://id.example.com
web: { http: 127.0.0.1:5556 }
gateway:
  https: 127.0.0.1:8443
  authenticationConfig: authentication.yaml
${gateway}`,
    '/etc/sallyport/config.yaml',
    deps,
  ).gateway;
}

/** The faults of a text, one line each, without file and place. */
function faults(gateway: string): string[] {
  try {
    parse(gateway);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.message.split('\n').map((line) => line.replace(/^\S+:\d+:\d+: gateway\./, ''));
    }
    throw error;
  }
  throw new Error('the configuration was accepted');
}

const service = (rest: string) =>
  `  services: [{ https: ':9443', upstream: 'http://127.0.0.1:8080', ${rest} }]`;
const endpoint = (rest: string) => `  forwardAuth: { http: 127.0.0.1:9180, services: [{ ${rest} }] }`;

describe('gateway.services', () => {
  it('takes the authorization of a kube-rbac-proxy file', () => {
    const gateway = parse(`  services:
    - https: 0.0.0.0:9443
      upstream: http://127.0.0.1:8080/
      tlsCert: app.crt
      tlsKey: app.key
      authorization:
        rewrites:
          byQueryParameter:
            name: namespace
        resourceAttributes:
          apiVersion: v1
          resource: namespaces
          subresource: metrics
          namespace: "{{ .Value }}"
`);
    expect(gateway?.services).toMatchObject([
      {
        tlsCert: '/etc/sallyport/app.crt',
        tlsKey: '/etc/sallyport/app.key',
        authorization: {
          rewrites: { byQueryParameter: { name: 'namespace' } },
          resourceAttributes: { resource: 'namespaces', namespace: '{{ .Value }}', apiGroup: '', name: '' },
        },
        allowPaths: [],
        ignorePaths: [],
        identityHeaders: { user: 'x-remote-user', groups: 'x-remote-groups', groupsSeparator: '|' },
        passAuthorization: false,
        allowInsecure: false,
      },
    ]);
  });

  it.each([
    ['allowPaths: [/a], ignorePaths: [/b]', 'services[0]: allowPaths and ignorePaths exclude each other'],
    ['tlsCert: a.crt', 'services[0]: tlsCert and tlsKey go together'],
    [
      'allowPaths: [metrics]',
      'services[0].allowPaths[0]: expected a path pattern such as /metrics or /static/*',
    ],
    [
      'ignorePaths: ["/[a"]',
      'services[0].ignorePaths[0]: expected a path pattern such as /metrics or /static/*',
    ],
    ['host: "a b"', 'services[0].host: expected a host name, with a port if need be'],
    [
      'authorization: { rewrites: { byQueryParameter: { name: ns } } }',
      'services[0].authorization: rewrites and {{ .Value }} in resourceAttributes go together',
    ],
    [
      'authorization: { rewrites: { byQueryParameter: { name: ns } }, resourceAttributes: { resource: pods } }',
      'services[0].authorization: rewrites and {{ .Value }} in resourceAttributes go together',
    ],
    [
      'authorization: { resourceAttributes: { resource: pods, namespace: "{{ .Value }}" } }',
      'services[0].authorization: rewrites and {{ .Value }} in resourceAttributes go together',
    ],
    [
      'authorization: { rewrites: { byQueryParameter: { name: ns } }, resourceAttributes: { resource: pods, namespace: "{{ .Value | lower }}" } }',
      'services[0].authorization.resourceAttributes.namespace: expected text in which only {{ .Value }} is replaced',
    ],
    [
      'authorization: { rewrites: {} }',
      'services[0].authorization.rewrites: expected byQueryParameter or byHttpHeader',
    ],
    [
      'authorization: { resourceAttributes: {} }',
      'services[0].authorization.resourceAttributes.resource: expected the plural of a resource, for example services',
    ],
    [
      'authorization: { static: [] }',
      'services[0].authorization.static: not served by this version: give a Role and a RoleBinding in gateway.rbac.manifests instead',
    ],
    [
      'authorization: { rewrites: { byHttpHeader: { name: X-Remote-User } }, resourceAttributes: { resource: "{{ .Value }}" } }',
      'services[0].authorization.rewrites.byHttpHeader.name: no client may set this header',
    ],
    [
      'identityHeaders: { user: Authorization }',
      'services[0].identityHeaders.user: expected the name of a header of its own, of letters, digits and dashes',
    ],
    [
      'identityHeaders: { user: Cookie }',
      'services[0].identityHeaders.user: expected the name of a header of its own, of letters, digits and dashes',
    ],
    [
      'identityHeaders: { user: X_User }',
      'services[0].identityHeaders.user: expected the name of a header of its own, of letters, digits and dashes',
    ],
    [
      'identityHeaders: { user: Host }',
      'services[0].identityHeaders.user: expected the name of a header of its own, of letters, digits and dashes',
    ],
    [
      'identityHeaders: { user: X-Who, groups: x-who }',
      'services[0]: the identity headers and the header of a rewrite need different names',
    ],
    [
      'identityHeaders: { groupsSeparator: "%" }',
      'services[0].identityHeaders.groupsSeparator: expected one of | , ; : / and the blank',
    ],
    ['ignorePath: [/a]', 'services[0].ignorePath: unknown key; did you mean ignorePaths?'],
  ])('refuses %s', (rest, fault) => {
    expect(faults(service(rest))).toContain(fault);
  });

  it.each(['http://10.0.0.1:8080', 'http://app.default.svc'])(
    'wants to be told that %s is meant',
    (upstream) => {
      const text = (rest: string) => `  services: [{ https: ':9443', upstream: '${upstream}' ${rest} }]`;
      expect(faults(text(''))).toEqual([
        'services[0].upstream: plain http to another machine; use https, a loopback address, or set allowInsecure',
      ]);
      expect(parse(text(', allowInsecure: true'))?.services[0]?.allowInsecure).toBe(true);
    },
  );

  it.each(['ftp://a', 'http://127.0.0.1/path', 'http://u:p@127.0.0.1', 'localhost:80'])(
    'refuses the upstream %s',
    (upstream) => {
      expect(faults(`  services: [{ https: ':9443', upstream: '${upstream}' }]`)[0]).toMatch(
        /^services\[0\]\.upstream: expected the URL of a service/,
      );
    },
  );

  it('takes only path patterns that can be compiled', () => {
    const piece = fc.constantFrom('a', '/', '*', '?', '[', ']', '^', '-', '\\', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const pattern = `/${pieces.join('')}`;
        const text = service(`allowPaths: [${JSON.stringify(pattern)}]`);
        let accepted = true;
        try {
          parse(text);
        } catch {
          accepted = false;
        }
        let compiled = true;
        try {
          compilePathPattern(pattern);
        } catch {
          compiled = false;
        }
        expect(accepted, pattern).toBe(compiled);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('gateway.forwardAuth', () => {
  it('believes proxies on this machine, unless told of others', () => {
    expect(parse(endpoint('name: app, proxy: nginx'))?.forwardAuth).toMatchObject({
      trustedProxies: ['127.0.0.0/8', '::1/128'],
      services: [{ name: 'app', proxy: 'nginx', authorization: {}, allowPaths: [], ignorePaths: [] }],
    });
  });

  it.each([
    [endpoint('name: app'), 'forwardAuth.services[0].proxy: expected nginx, traefik or envoy'],
    [
      endpoint('name: App, proxy: nginx'),
      'forwardAuth.services[0].name: expected lower-case letters, digits and dashes',
    ],
    [
      endpoint('name: a, proxy: nginx }, { name: a, proxy: envoy'),
      'forwardAuth.services: two services have the same name',
    ],
    [
      endpoint('name: app, proxy: nginx, allowPaths: [/a], ignorePaths: [/b]'),
      'forwardAuth.services[0]: allowPaths and ignorePaths exclude each other',
    ],
    ['  forwardAuth: { services: [{ name: a, proxy: nginx }] }', 'forwardAuth: expected http or https'],
    ['  forwardAuth: { http: 127.0.0.1:1, services: [] }', 'forwardAuth.services: expected a service'],
    [
      '  forwardAuth: { http: ":9180", services: [{ name: a, proxy: nginx }] }',
      'forwardAuth.http: tokens in clear: use https for other than loopback addresses',
    ],
    [
      '  forwardAuth: { http: 127.0.0.1:1, trustedProxies: [], services: [{ name: a, proxy: nginx }] }',
      'forwardAuth.trustedProxies: expected the addresses of the proxies',
    ],
    [
      '  forwardAuth: { http: 127.0.0.1:1, trustedProxies: [nginx], services: [{ name: a, proxy: nginx }] }',
      'forwardAuth.trustedProxies[0]: expected an address range such as 10.0.0.0/8',
    ],
  ])('refuses %s', (text, fault) => {
    expect(faults(text)).toContain(fault);
  });
});
