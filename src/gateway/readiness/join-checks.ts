import type { ReadinessCheck } from './readiness.ts';

export interface ClusterChecks {
  /** undefined for the one without a prefix. */
  readonly name: string | undefined;
  readonly checks: readonly ReadinessCheck[];
  /** Whether its API server is reached; undefined for one in this process. */
  readonly upstream: ReadinessCheck | undefined;
}

/**
 * The checks of all clusters behind a gateway, those of a named one under its name. The API servers make one check, which
 * fails when none of them is reached: one cluster that is away must not keep people from all the others.
 */
export function joinChecks(clusters: readonly ClusterChecks[]): readonly ReadinessCheck[] {
  const checks = clusters.flatMap(({ name, checks: own }) =>
    name === undefined ? own : own.map((check) => ({ ...check, name: `${name}/${check.name}` })),
  );
  const upstreams = clusters.flatMap(({ upstream }) => upstream ?? []);
  const [first] = upstreams;
  if (first === undefined || upstreams.length < clusters.length) return checks;
  if (upstreams.length === 1) return [...checks, first];
  const noneReached = (): string | undefined =>
    upstreams.every((upstream) => upstream.failing() !== undefined)
      ? `none of ${upstreams.length} API servers is reached`
      : undefined;
  return [...checks, { name: 'upstream', failing: noneReached }];
}
