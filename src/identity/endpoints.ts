import { programEndpoints } from './interaction/program-failure.ts';
import { keySetMaxAge } from './keys/key-times.ts';

/** One of the provider's endpoints. */
export interface Endpoint {
  readonly methods: readonly string[];
  /** Its answers' Cache-Control. */
  readonly cache?: string;
  /** For programs, also in other sites' pages: Dex's list. */
  readonly cors?: true;
}

const discovery: Endpoint = { methods: ['GET', 'HEAD'], cache: 'public, max-age=300', cors: true };
const keySet = `public, max-age=${keySetMaxAge / 1000}, must-revalidate`;
const program: Endpoint = { methods: ['POST'], cors: true };
const signOut: Endpoint = { methods: ['GET'] };
const resumed: Endpoint = { methods: ['GET'] };

const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  ['/.well-known/openid-configuration', discovery],
  ['/.well-known/oauth-authorization-server', discovery],
  ['/keys', { methods: ['GET', 'HEAD'], cache: keySet, cors: true }],
  ['/auth', { methods: ['GET', 'POST'] }],
  ...[...programEndpoints].map((path) => [path, program] as const),
  ['/userinfo', { methods: ['GET', 'POST'], cors: true }],
  ['/logout', signOut],
  ['/logout/success', signOut],
  ['/logout/confirm', { methods: ['POST'] }],
]);

/** The endpoint of a path below the issuer's; undefined when the provider has none there. Nothing else reaches it. */
export function endpointOf(path: string): Endpoint | undefined {
  return endpoints.get(path) ?? (/^\/auth\/[\w-]+$/.test(path) ? resumed : undefined);
}
