/** One thing wrong with an audit policy, and where. */
export interface AuditPolicyProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly message: string;
}

/** The policy was refused; the message has a line for each problem. */
export class AuditPolicyError extends Error {
  override readonly name = 'AuditPolicyError';
  readonly code = 'SP_AUDIT_POLICY';
  readonly problems: readonly AuditPolicyProblem[];

  constructor(problems: readonly AuditPolicyProblem[]) {
    super(
      problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
    );
    this.problems = problems;
  }
}
