import type { OpenBrowser } from './browser.ts';
import type { Flags } from './flags.ts';

/** What the plugin needs from the process around it. */
export interface PluginDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Both write the text as it is, without a line feed of their own. */
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdinIsTerminal: () => Promise<boolean>;
  readonly stderrIsTerminal: () => boolean;
  /** The next line of standard input; undefined at its end, or when the signal comes first. */
  readonly readLine: (signal: AbortSignal) => Promise<string | undefined>;
  /**
   * Runs a program to its end with our own streams; undefined when there is no such program. Its name, or a path: `sallyport`
   * is the one of our own package.
   */
  readonly runProgram: (program: string, args: readonly string[]) => Promise<number | undefined>;
  readonly fileExists: (path: string) => boolean;
  /** Which process runs us: not only its number, which comes again. */
  readonly parent: () => string;
  /** Aborted by Ctrl-C and termination signals. */
  readonly signal: AbortSignal;
  /** Replaces the system's browser. */
  readonly openBrowser?: OpenBrowser;
}

/** One command line, parsed. */
export interface Invocation {
  /** How the user calls us, for usage texts and hints: `kubectl sallyport`. */
  readonly program: string;
  readonly flags: Flags;
  /** What stands beside the flags. */
  readonly operands: readonly string[];
  readonly deps: PluginDeps;
}
