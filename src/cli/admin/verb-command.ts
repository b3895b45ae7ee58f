import { exitCode } from '../../exit-code.ts';
import type { Command } from '../command.ts';
import { adminOptions } from './using-admin.ts';
import { describeVerbs, runVerb, type Verbs } from './verbs.ts';

interface VerbCommandText extends Pick<Command, 'name' | 'summary' | 'usage' | 'examples'> {
  /** What there is to say besides the verbs. */
  readonly description: string;
  /** Besides those that every one of these commands has. */
  readonly options?: Command['options'];
}

/** A command of the admin API that is nothing but its verbs. */
export function verbCommand(verbs: Verbs, { description, options, ...text }: VerbCommandText): Command {
  const { name } = text;
  return {
    ...text,
    description: `The verbs:\n${describeVerbs(name, verbs)}\n\n${description}`,
    options: { ...options, ...adminOptions },
    words: {
      least: 1,
      most: 1 + Math.max(...Object.values(verbs).map(({ most }) => most)),
      first: Object.keys(verbs),
    },
    async run(values, host, words) {
      await runVerb(name, verbs, { values, host, words });
      return exitCode.ok;
    },
  };
}
