/** The exit codes of both programs; documented, so scripts may rely on them. */
export const exitCode = {
  ok: 0,
  failure: 1,
  usage: 2,
  notLoggedIn: 3,
  forbidden: 4,
  notFound: 5,
  conflict: 6,
  unreachable: 7,
  timeout: 8,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
