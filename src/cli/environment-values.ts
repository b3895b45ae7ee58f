import { environmentName } from '../environment-name.ts';
import { type Command, type CommandHost, type CommandValues, UsageError } from './command.ts';

/**
 * The flags that the environment sets, each by its SALLYPORT_ name; commas separate the values of one that may be repeated.
 * @param given the flags of the command line, which count first
 * @throws UsageError for a switch that is neither true nor false
 */
export function environmentValues(
  { options }: Pick<Command, 'options'>,
  given: ReadonlySet<string>,
  env: CommandHost['env'],
): CommandValues {
  const values: Record<string, string | boolean | readonly string[]> = {};
  for (const [name, { type, multiple }] of Object.entries(options)) {
    const variable = environmentName(name);
    const text = env[variable];
    if (given.has(name) || text === undefined || text === '') continue;
    if (type === 'boolean') values[name] = switchOf(text, variable);
    else values[name] = multiple === true ? text.split(',').filter((part) => part !== '') : text;
  }
  return values;
}

function switchOf(text: string, variable: string): boolean {
  if (/^(?:true|1)$/i.test(text)) return true;
  if (/^(?:false|0)$/i.test(text)) return false;
  throw new UsageError(`${variable} takes true or false, not "${text}"`);
}
