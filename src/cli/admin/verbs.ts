import { closest } from '../../config/index.ts';
import { type CommandHost, type CommandValues, UsageError } from '../command.ts';
import type { AdminClient } from './admin-client.ts';
import { usingAdmin } from './using-admin.ts';

/** What one verb of a command works with. */
export interface VerbCall {
  readonly admin: AdminClient;
  readonly values: CommandValues;
  readonly host: CommandHost;
  /** What stands behind the verb. */
  readonly words: readonly string[];
}

export interface Verb {
  /** Behind the verb: `USER`, `GROUP USER...`; '' for none. */
  readonly operands: string;
  /** How many words stand there. */
  readonly least: number;
  readonly most: number;
  readonly summary: string;
  /** Milliseconds until the server's answer has to begin, where that takes its time. */
  readonly timeoutMs?: number;
  run(call: VerbCall): Promise<void>;
}

export type Verbs = Readonly<Record<string, Verb>>;

/** The verbs as a command's help shows them. */
export function describeVerbs(command: string, verbs: Verbs): string {
  const rows = Object.entries(verbs).map(
    ([verb, { operands, summary }]) => [`${command} ${verb} ${operands}`.trim(), summary] as const,
  );
  const width = Math.max(...rows.map(([usage]) => usage.length));
  return rows.map(([usage, summary]) => `  ${usage.padEnd(width)}  ${summary}`).join('\n');
}

/**
 * Runs the verb that the words begin with.
 * @throws UsageError
 */
export async function runVerb(
  command: string,
  verbs: Verbs,
  { values, host, words }: Omit<VerbCall, 'admin'>,
): Promise<void> {
  const [name = '', ...rest] = words;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  const hint = `See "sallyport ${command} --help".`;
  if (verb === undefined) {
    const meant = closest(name, Object.keys(verbs));
    throw new UsageError(
      `unknown verb "${name}"${meant === undefined ? '' : `; did you mean ${meant}?`}\n${hint}`,
    );
  }
  if (rest.length < verb.least || rest.length > verb.most) {
    const problem =
      rest.length < verb.least ? 'too few arguments' : `unexpected argument "${rest[verb.most]}"`;
    const usage = `sallyport ${command} ${name} ${verb.operands}`.trim();
    throw new UsageError(`${problem}; usage: ${usage}\n${hint}`);
  }
  await usingAdmin(values, host, verb.timeoutMs, (admin) => verb.run({ admin, values, host, words: rest }));
}
