/** Names of the endpoints, by their paths below the issuer's; the first that fits. */
const endpoints: readonly (readonly [RegExp, string])[] = [
  [/^\/\.well-known\//, 'discovery'],
  [/^\/keys$/, 'keys'],
  [/^\/auth$/, 'authorization'],
  [/^\/auth\//, 'authorization_resume'],
  [/^\/interaction\/[^/]+\/login$/, 'sign_in'],
  [/^\/interaction\/[^/]+\/consent$/, 'consent'],
  [/^\/interaction\//, 'interaction'],
  [/^\/token$/, 'token'],
  [/^\/token\/revoke$/, 'revocation'],
  [/^\/token\/introspect$/, 'introspection'],
  [/^\/par$/, 'pushed_authorization'],
  [/^\/device\/code$/, 'device_authorization'],
  [/^\/device(?:\/|$)/, 'device'],
  [/^\/userinfo$/, 'userinfo'],
  [/^\/register(?:\/|$)/, 'registration'],
  [/^\/reset(?:\/|$)/, 'reset'],
  [/^\/logout(?:\/|$)/, 'logout'],
  [/^\/static\//, 'static'],
];

const probes = new Set(['/healthz', '/readyz']);

/**
 * What a request counts under: one of a few names, whatever was asked for.
 * @param base path of the issuer, without a trailing slash
 */
export function endpointOf(target: string, base: string): string {
  const [path = ''] = target.split('?', 1);
  if (probes.has(path)) return 'probe';
  if (!path.startsWith(`${base}/`)) return 'other';
  const below = path.slice(base.length);
  return endpoints.find(([pattern]) => pattern.test(below))?.[1] ?? 'other';
}
