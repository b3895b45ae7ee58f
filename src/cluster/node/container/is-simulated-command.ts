import { findProgram } from '../programs/find-program.ts';
import { builtins } from '../shell/builtins.ts';
import { parseScript } from '../shell/parse.ts';
import { type Command, type Script, ShellSyntaxError, type Word } from '../shell/syntax.ts';

/** Whether a container's command line consists of programs that are simulated; else something stands in for it. */
export function isSimulatedCommand(commandLine: readonly string[]): boolean {
  const [name = '', ...args] = commandLine;
  if (findProgram(name) === undefined) return false;
  const isShell = /(?:^|\/)(?:ba|a)?sh$/.test(name);
  const flag = args.findIndex((arg) => /^-\w*c$/.test(arg));
  if (!isShell || flag < 0) return true;
  try {
    return isSimulatedScript(parseScript(args[flag + 1] ?? ''));
  } catch (error) {
    if (error instanceof ShellSyntaxError) return false;
    throw error;
  }
}

function isSimulatedScript({ items }: Script): boolean {
  return items.every((parts) => parts.every(({ pipeline }) => pipeline.commands.every(isSimulated)));
}

function isSimulated(command: Command): boolean {
  switch (command.type) {
    case 'simple': {
      const [name] = command.words;
      return (
        (name === undefined || isKnownName(name)) &&
        command.words.every(isSimulatedWord) &&
        command.assignments.every(([, value]) => isSimulatedWord(value))
      );
    }
    case 'group':
      return isSimulatedScript(command.body);
    case 'if': {
      const scripts = command.branches.flatMap(({ condition, body }) => [condition, body]);
      return [...scripts, command.otherwise].every(isSimulatedScript);
    }
    case 'loop':
      return isSimulatedScript(command.condition) && isSimulatedScript(command.body);
    case 'for':
      return isSimulatedScript(command.body);
  }
}

/** A name that comes from a variable can only be known when it is run. */
function isKnownName(word: Word): boolean {
  const text = word.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return (
    word.some((part) => part.type !== 'text') ||
    text === 'exec' ||
    builtins.has(text) ||
    findProgram(text) !== undefined
  );
}

function isSimulatedWord(word: Word): boolean {
  return word.every((part) => part.type !== 'command' || isSimulatedScript(part.script));
}
