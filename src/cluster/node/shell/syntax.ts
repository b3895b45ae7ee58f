/** A command line's parts. Source: POSIX.1-2017, Shell Command Language; what is not here is not simulated. */
export interface Script {
  readonly items: readonly AndOr[];
}

/** Pipelines, each with what decides whether it runs. */
export type AndOr = readonly {
  readonly when: 'always' | 'success' | 'failure';
  readonly pipeline: Pipeline;
}[];

export interface Pipeline {
  readonly negated: boolean;
  readonly commands: readonly Command[];
}

export type Command = (
  | {
      readonly type: 'simple';
      readonly assignments: readonly (readonly [name: string, value: Word])[];
      readonly words: readonly Word[];
    }
  | { readonly type: 'group'; readonly subshell: boolean; readonly body: Script }
  | {
      readonly type: 'if';
      readonly branches: readonly { readonly condition: Script; readonly body: Script }[];
      readonly otherwise: Script;
    }
  | { readonly type: 'loop'; readonly until: boolean; readonly condition: Script; readonly body: Script }
  | { readonly type: 'for'; readonly name: string; readonly words: readonly Word[]; readonly body: Script }
) & { readonly redirects: readonly Redirect[] };

export interface Redirect {
  readonly fd: 0 | 1 | 2;
  readonly mode: 'read' | 'write' | 'append' | 'duplicate';
  /** A path; for `duplicate` the other descriptor. */
  readonly target: Word;
}

export type Word = readonly WordPart[];

export type WordPart = { readonly quoted: boolean } & (
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'variable'; readonly name: string; readonly fallback: string | undefined }
  | { readonly type: 'command'; readonly script: Script }
  | { readonly type: 'arithmetic'; readonly expression: string }
);

/** A script that cannot be read, or that uses what is not simulated. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
}
