import { z } from 'zod';
import { isLoopback } from '../is-loopback.ts';
import { cidr, listenAddress, notServed, originUrl } from './values.ts';

const PLACEHOLDER = /\{\{\s*\.Value\s*\}\}/g;

const attribute = (meaning: string) =>
  z
    .string()
    .refine(
      (text) => !text.replace(PLACEHOLDER, '').includes('{{'),
      'expected text in which only {{ .Value }} is replaced',
    )
    .default('')
    .describe(meaning);

/** A header name that a proxy in between does not change; none that has a meaning of its own on the way. */
const headerName = z
  .string()
  .regex(
    /^(?!(?:authorization|audit-id|connection|content-length|cookie|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade)$)[A-Za-z0-9-]+$/i,
    'expected the name of a header of its own, of letters, digits and dashes',
  );

const authorization = z
  .strictObject({
    resourceAttributes: z
      .strictObject({
        namespace: attribute('Empty: the whole cluster.'),
        apiGroup: attribute('Empty: the core group.'),
        apiVersion: attribute('Recorded only; RBAC has no versions.'),
        resource: attribute('The plural, for example `services`.').refine(
          (text) => text !== '',
          'expected the plural of a resource, for example services',
        ),
        subresource: attribute('For example `proxy`.'),
        name: attribute('The object; empty: any.'),
      })
      .optional()
      .meta({
        description:
          'Every request asks about this resource, with the verb of its method (`GET` and `HEAD`: get, `POST`: create, `PUT`: update, `PATCH`: patch, `DELETE`: delete; others are refused).',
        whenAbsent: 'a request asks about its path, with its method in lower case as the verb',
      }),
    rewrites: z
      .strictObject({
        byQueryParameter: z
          .strictObject({
            name: z
              .string()
              .regex(/^[A-Za-z0-9_.~-]+$/, 'expected the name of a parameter')
              .describe('The parameter.'),
          })
          .optional()
          .describe('`{{ .Value }}` is the value of this query parameter.'),
        byHttpHeader: z
          .strictObject({
            name: headerName
              .refine(
                (name) => !/^(?:x-forwarded-|x-remote-|x-original-|x-envoy-|impersonate-)/i.test(name),
                'no client may set this header',
              )
              .describe('The header.'),
          })
          .optional()
          .describe('`{{ .Value }}` is the value of this header.'),
      })
      .refine(
        ({ byQueryParameter, byHttpHeader }) => byQueryParameter !== undefined || byHttpHeader !== undefined,
        'expected byQueryParameter or byHttpHeader',
      )
      .optional()
      .describe(
        'Where `{{ .Value }}` comes from. Each value in the request is a question, all must be allowed; a request without one is a 400.',
      ),
    static: notServed('give a Role and a RoleBinding in gateway.rbac.manifests instead').optional(),
  })
  .refine(
    ({ resourceAttributes, rewrites }) =>
      (rewrites !== undefined) ===
      Object.values(resourceAttributes ?? {}).some((text) => text.includes('{{')),
    'rewrites and {{ .Value }} in resourceAttributes go together',
  )
  .default({})
  .describe("What RBAC is asked; kube-rbac-proxy's `authorization`.");

/** As src/gateway/access/path-pattern.ts reads it. */
const CLASS_CHARACTER = '(?:\\\\[^/]|[^\\]\\\\/-])';
const PATTERN = new RegExp(
  `^/(?:[^\\\\[]|\\\\[^/]|\\[(?:\\^|(?!\\^))(?:${CLASS_CHARACTER}(?:-${CLASS_CHARACTER})?)+\\])*$`,
  's',
);

const paths = (meaning: string) =>
  z
    .array(z.string().regex(PATTERN, 'expected a path pattern such as /metrics or /static/*'))
    .default([])
    .describe(meaning);

const access = {
  authorization,
  allowPaths: paths('When not empty, every other path is a 404. `*` does not match `/`.'),
  ignorePaths: paths(
    'Paths that are open to everybody, without any check. Not together with `allowPaths`. `*` does not match `/`.',
  ),
};

const onePathList = ({ allowPaths, ignorePaths }: { allowPaths: string[]; ignorePaths: string[] }) =>
  allowPaths.length === 0 || ignorePaths.length === 0;
const ONE_PATH_LIST = 'allowPaths and ignorePaths exclude each other';

const origin = originUrl('expected the URL of a service without a path, for example http://127.0.0.1:8080');

const service = z
  .strictObject({
    https: listenAddress.describe('Where the gateway listens for this service.'),
    tlsCert: z.string().optional().meta({
      description: 'PEM file with the certificate (chain). Goes together with `tlsKey`.',
      whenAbsent: "the gateway's own",
    }),
    tlsKey: z.string().optional().describe('PEM file with the private key of `tlsCert`.'),
    upstream: origin.describe('Origin of the service.'),
    certificateAuthority: z.string().optional().meta({
      description: "PEM file with the CA of the service's certificate.",
      whenAbsent: "Node.js's own list of authorities",
    }),
    allowInsecure: z
      .boolean()
      .default(false)
      .describe('Allows plain http to another machine: whoever is on the way can be anybody to the service.'),
    host: z
      .string()
      .regex(/^[A-Za-z0-9.:[\]-]+$/, 'expected a host name, with a port if need be')
      .optional()
      .meta({ description: 'The `Host` that the service gets.', whenAbsent: 'that of `upstream`' }),
    ...access,
    identityHeaders: z
      .strictObject({
        user: headerName.default('x-remote-user').describe('Header with the user name.'),
        groups: headerName.default('x-remote-groups').describe('Header with all groups.'),
        groupsSeparator: z
          .string()
          .regex(/^[|,;:/ ]$/, 'expected one of | , ; : / and the blank')
          .default('|')
          .meta({
            description: 'Between the groups. Where it is part of a name, it is percent-encoded.',
            whenAbsent: 'a vertical bar',
          }),
      })
      .default({ user: 'x-remote-user', groups: 'x-remote-groups', groupsSeparator: '|' }),
    limits: z
      .strictObject({
        maxBodyMiB: z
          .int()
          .min(0)
          .default(0)
          .describe('Body of a request in MiB; more is a 413, as soon as it is known. 0: any length.'),
        concurrency: z.int().min(1).optional().meta({
          description:
            'Requests that execute at the service at the same time; the next wait, and users take turns. A long poll is one for as long as it is open, a WebSocket is not.',
          whenAbsent: '`gateway.limits.concurrency`',
        }),
        concurrencyPerUser: z.int().min(1).optional().meta({
          description: "How many of these may be one user's.",
          whenAbsent: 'half of `concurrency`',
        }),
      })
      .default({ maxBodyMiB: 0 })
      .refine(
        ({ concurrency = Number.POSITIVE_INFINITY, concurrencyPerUser = 1 }) =>
          concurrencyPerUser <= concurrency,
        'concurrencyPerUser must not be more than concurrency',
      ),
    passAuthorization: z
      .boolean()
      .default(false)
      .describe("Whether the service gets the caller's own `Authorization` header."),
  })
  .refine(
    ({ tlsCert, tlsKey }) => (tlsCert === undefined) === (tlsKey === undefined),
    'tlsCert and tlsKey go together',
  )
  .refine(({ upstream, allowInsecure }) => allowInsecure || isSafe(upstream), {
    path: ['upstream'],
    message: 'plain http to another machine; use https, a loopback address, or set allowInsecure',
  })
  .refine(onePathList, ONE_PATH_LIST)
  .refine(({ identityHeaders, authorization: { rewrites } }) => {
    const names = [identityHeaders.user, identityHeaders.groups, rewrites?.byHttpHeader?.name ?? ''];
    return new Set(names.map((name) => name.toLowerCase())).size === names.length;
  }, 'the identity headers and the header of a rewrite need different names');

export const services = z
  .array(service)
  .default([])
  .describe(
    'HTTP services that the gateway stands in front of, each with an address of its own, as kube-rbac-proxy does.',
  );

export const forwardAuth = z
  .strictObject({
    http: listenAddress
      .refine(({ host }) => isLoopback(host), 'tokens in clear: use https for other than loopback addresses')
      .optional()
      .describe('Where proxies on this machine ask. One of `http` and `https` is needed.'),
    https: listenAddress.optional().describe("Where other proxies ask, with the gateway's own certificate."),
    trustedProxies: z
      .array(cidr)
      .min(1, 'expected the addresses of the proxies')
      .default(['127.0.0.0/8', '::1/128'])
      .describe('Ranges of addresses that may ask; what they say of the request is believed.'),
    services: z
      .array(
        z
          .strictObject({
            name: z
              .string()
              .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'expected lower-case letters, digits and dashes')
              .describe('The endpoint is `/<name>`.'),
            proxy: z
              .enum(['nginx', 'traefik', 'envoy'], 'expected nginx, traefik or envoy')
              .describe(
                'Where the original request is read from: `nginx`: `X-Original-Method` and `X-Original-URI`; `traefik`: `X-Forwarded-Method` and `X-Forwarded-Uri`; `envoy`: method and path of the question itself, after `/<name>`.',
              ),
            ...access,
          })
          .refine(onePathList, ONE_PATH_LIST),
      )
      .min(1, 'expected a service')
      .refine(
        (list) => new Set(list.map(({ name }) => name)).size === list.length,
        'two services have the same name',
      )
      .describe('The applications behind the proxies.'),
  })
  .refine(({ http, https }) => http !== undefined || https !== undefined, 'expected http or https')
  .optional()
  .describe('Answers `auth_request` of nginx, ForwardAuth of Traefik and ext_authz of Envoy.');

function isSafe(upstream: string): boolean {
  const { protocol, hostname } = new URL(upstream);
  return protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}
