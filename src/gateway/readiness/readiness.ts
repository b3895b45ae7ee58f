/** One thing that must be so before requests should be sent here. */
export interface ReadinessCheck {
  /** A word for operators, such as `policy`. */
  readonly name: string;
  /** undefined = passed, else what is missing. Anybody may read it: no secrets, no addresses. Must answer at once. */
  failing(): string | undefined;
}

export interface ReadinessResult {
  readonly name: string;
  readonly failure: string | undefined;
}

/**
 * Whether requests should be sent here. Not whether they are refused: a gateway whose API server is away still says so to
 * whom it reaches, and one issuer's missing keys are nothing to the people of another.
 */
export interface Readiness {
  results(): readonly ReadinessResult[];
  /** undefined = ready, else the first thing that is missing. */
  notReady(): string | undefined;
}

export function createReadiness(checks: readonly ReadinessCheck[]): Readiness {
  return {
    results: () => checks.map((check) => ({ name: check.name, failure: check.failing() })),
    notReady() {
      for (const check of checks) {
        const failure = check.failing();
        if (failure !== undefined) return `${check.name}: ${failure}`;
      }
      return undefined;
    },
  };
}

/** The list as kube-apiserver writes it. Source: Kubernetes apiserver/pkg/server/healthz/healthz.go handleRootHealth. */
export function readinessText(results: readonly ReadinessResult[]): string {
  const lines = results.map(({ name, failure }) =>
    failure === undefined ? `[+]${name} ok` : `[-]${name} failed: ${failure}`,
  );
  const passed = results.every(({ failure }) => failure === undefined);
  return [...lines, `readyz check ${passed ? 'passed' : 'failed'}`, ''].join('\n');
}
