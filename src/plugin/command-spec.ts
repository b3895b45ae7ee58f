import type { Invocation } from './invocation.ts';

export interface FlagSpec {
  readonly type: 'string' | 'boolean';
  /** May be given several times; commas separate values, too. */
  readonly multiple?: true;
  readonly short?: string;
  /** Shown in the help as the value when the flag is left out. */
  readonly default?: string;
  /** Names that mean the same: kubelogin's, where its users know them. */
  readonly aliases?: readonly FlagAlias[];
  readonly help: string;
  /** What the shell may offer for the value. */
  readonly values?: readonly string[] | 'contexts' | 'clusters' | 'files';
}

/** Another name; with `read`, for a value of another form. */
export type FlagAlias = string | { readonly name: string; readonly read: (value: string) => string };

/** The groups of the overview, in its order. */
export type CommandGroup = 'login' | 'clusters' | 'access' | 'plugin' | 'diagnose';

/** One command; parsing, help, reference page, completion and environment variables come from it. */
export interface CommandSpec {
  readonly group: CommandGroup;
  readonly summary: string;
  readonly description: string;
  /** Pairs of a comment and the arguments after the program's name. */
  readonly examples: readonly (readonly [comment: string, args: string])[];
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /** What may stand beside the flags; nothing when left out. `most`: how many of them. */
  readonly operands?: {
    readonly usage: string;
    readonly most: number;
    readonly values?: readonly string[] | 'contexts' | 'clusters' | 'files';
    /** They may begin with a dash, as an id in base64url does: what is no flag is one of them. */
    readonly dashed?: true;
  };
  /** Arguments go to `sallyport` as they are, behind these words: it has the flags, their help and their completion. */
  readonly passesOn?: readonly string[];
  /** Resolves to the exit code. */
  readonly run: (invocation: Invocation) => Promise<number>;
}
