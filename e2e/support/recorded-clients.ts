import { readFileSync } from 'node:fs';
import type { ClientRequest } from './recording-proxy.ts';
import type { SeenBody } from './request-body.ts';

export interface RecordedCommand {
  /** As it was typed, without the program's name. */
  readonly line: string;
  readonly exitCode: number;
  /** What it said of an object: `pod/p1 created`; undefined when it printed something else. */
  readonly said: string | undefined;
  readonly requests: readonly ClientRequest[];
}

type Recording = 'kubectl-1.32' | 'kubectl-1.35' | 'helm';

/** What a client of a corpus asked, command by command. @param program only of this one, as it was called */
export function readRecordedCommands(recording: Recording, program = 'kubectl'): readonly RecordedCommand[] {
  const file = new URL(`../../test/corpus/cluster/client-logs/${recording}.txt`, import.meta.url);
  const prompt = `${program} `;
  return readFileSync(file, 'utf8')
    .split(/^\$ /m)
    .slice(1)
    .filter((part) => part.startsWith(prompt))
    .map((part) => {
      const [line = '', ...printed] = part.slice(prompt.length).split('\n');
      return {
        line,
        // After what it printed, which need not end its line.
        exitCode: Number(/(?:\[|^)rc=(\d+)/m.exec(part)?.[1]),
        said: printed.find((each) => /^[a-z.0-9]+\/\S+ [a-z ]+$/.test(each)),
        requests: printed.flatMap((each, at) => requestOf(each, printed[at + 1]) ?? []),
      };
    });
}

/** @param next the line after it, which begins the body where there was one */
function requestOf(line: string, next = ''): ClientRequest | undefined {
  const [, method = '', target = '', code, rest = ''] =
    /^(GET|POST|PUT|PATCH|DELETE) (\S+) -> (\d+)(.*)$/.exec(line) ?? [];
  if (code === undefined) return undefined;
  const contentType = / CT=(\S+)/.exec(rest)?.[1];
  return { method, target, contentType, code: Number(code), body: bodyIn(next) };
}

function bodyIn(line: string): SeenBody | undefined {
  const [, protobuf = '', text] = /^ +(P?)B=([[{].*)$/.exec(line) ?? [];
  if (text === undefined) return undefined;
  return { text, isCut: !isJson(text), isProtobuf: protobuf !== '' };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The words of a line as a shell has them, as far as the recorded ones need it. */
export function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}
