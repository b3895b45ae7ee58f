/** One thing wrong with an authentication configuration, where it is and in Kubernetes' words. */
export interface ConfigurationProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly message: string;
}

/**
 * The configuration was refused. `stage` says whether it could not be read ('load': syntax, types,
 * unknown or duplicate fields) or was read and is not acceptable ('validation').
 */
export class AuthenticationConfigurationError extends Error {
  override readonly name = 'AuthenticationConfigurationError';
  readonly code = 'SP_AUTHENTICATION_CONFIG';
  readonly stage: 'load' | 'validation';
  readonly problems: readonly ConfigurationProblem[];

  constructor(stage: 'load' | 'validation', problems: readonly ConfigurationProblem[]) {
    super(
      problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
    );
    this.stage = stage;
    this.problems = problems;
  }
}
