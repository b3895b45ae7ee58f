import type { ResourceTable } from '../resources/index.ts';
import { healthChecks } from './health.ts';

/**
 * What `/` tells: every path that is answered and is no resource.
 * Source: Kubernetes apiserver/pkg/server/routes/index.go.
 */
export function rootIndex({ groupVersions }: ResourceTable): { readonly paths: readonly string[] } {
  const groups = new Set(groupVersions.filter(({ group }) => group !== '').map(({ group }) => group));
  const paths = [
    ...groupVersions.map(({ path }) => `/${path}`),
    ...[...groups].map((group) => `/apis/${group}`),
    ...Object.entries(healthChecks).flatMap(([root, checks]) => [
      root,
      ...checks.map((check) => `${root}/${check}`),
    ]),
    '/.well-known/openid-configuration',
    '/api',
    '/apis',
    '/apis/',
    '/openapi/v2',
    '/openapi/v3',
    '/openid/v1/jwks',
    '/version',
  ];
  return { paths: paths.toSorted() };
}
