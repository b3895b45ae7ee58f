import { readFileSync } from 'node:fs';

export interface RecordedExchange {
  readonly title: string;
  /** True when the request was made as somebody else than the administrator. */
  readonly asOther: boolean;
  /** True when it was made as nobody. */
  readonly isAnonymous: boolean;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
  readonly code: number;
  readonly warnings: readonly string[];
  /** As recorded; cut when it was long. */
  readonly answer: string;
}

/** The exchanges of one recording in test/corpus/cluster/exchanges, in order. */
export function readExchanges(recording: 'errors' | 'semantics'): RecordedExchange[] {
  const answers = readAnswers(recording);
  const script = readFileSync(
    new URL(`../corpus/cluster/exchanges/${recording}.requests.sh`, import.meta.url),
    'utf8',
  );
  const variables = new Map<string, string>([['O', '']]);
  const exchanges: RecordedExchange[] = [];
  for (const line of script.split('\n')) {
    // Two requests are written out, since they bear no token of the script's.
    const words = shellWords(
      line.replace(/; echo$/, '').replace(/^printf '(?:\\n)?## (.*)\\n'; curl -sk -A spike/, "r '$1'"),
      variables,
    );
    const at = words.indexOf('r');
    if (at < 0 || at > 1 || words[0]?.startsWith('r(') === true) {
      for (const [, name = '', value = ''] of line.matchAll(/(?:^|;\s*)([A-Z]+)=('[^']*'|[^;\s#]+)/g)) {
        variables.set(name, shellWords(value, variables)[0] ?? '');
      }
      continue;
    }
    const title = words[at + 1] ?? '';
    const recorded = answers.get(title);
    if (recorded === undefined) throw new Error(`no recorded answer for ${title}`);
    const asOther = words.slice(0, at).some((word) => word.startsWith('TOK='));
    const isAnonymous = line.startsWith('printf');
    exchanges.push({ title, asOther, isAnonymous, ...curlRequest(words.slice(at + 2)), ...recorded });
  }
  return exchanges;
}

function curlRequest(words: readonly string[]) {
  let method: string | undefined;
  let body: string | undefined;
  let target = '';
  const headers: Record<string, string> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1] ?? '';
    if (word === '-X') method = next;
    else if (word === '-d') body = next;
    else if (word === '-H') {
      const [name = '', ...value] = next.split(':');
      // curl leaves out a header without a value.
      if (value.join('').trim() !== '') headers[name] = value.join(':').trim();
    } else {
      target = word;
      continue;
    }
    at += 1;
  }
  return { method: method ?? (body === undefined ? 'GET' : 'POST'), target, headers, body };
}

type RecordedAnswer = Pick<RecordedExchange, 'code' | 'warnings' | 'answer'>;

function readAnswers(recording: string): Map<string, RecordedAnswer> {
  const text = readFileSync(new URL(`../corpus/cluster/exchanges/${recording}.txt`, import.meta.url), 'utf8');
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => {
        const [title = '', ...lines] = part.split('\n');
        const status = lines.findLast((line) => line.startsWith('HTTP/')) ?? statusIn(lines);
        const answer = lines
          .filter((line) => line !== status)
          .join('\n')
          .trim();
        const warnings = [...(status?.matchAll(/warning: (299 - "(?:[^"\\]|\\.)*")/g) ?? [])].map(
          ([, each = '']) => each,
        );
        return [title, { code: Number(status?.split(' ')[1] ?? 0), warnings, answer }];
      }),
  );
}

/** What is written out has no status line of its own. */
function statusIn(lines: readonly string[]): string {
  return `HTTP/2 ${/"code":(\d+)/.exec(lines.join(''))?.[1] ?? 0}`;
}

/** Enough of a shell for these scripts: quotes, backslashes, variables, comments at the start. */
function shellWords(line: string, variables: ReadonlyMap<string, string>): string[] {
  if (line.startsWith('#')) return [];
  const words: string[] = [];
  const token = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(\s+)/g;
  let word: string | undefined;
  const expand = (text: string) =>
    text.replaceAll(/\$(\w+)/g, (whole, name: string) => variables.get(name) ?? whole);
  for (const [, single, double, escaped, bare, space] of line.matchAll(token)) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const piece =
      single ??
      (double !== undefined ? expand(double).replaceAll(/\\(["\\$])/g, '$1') : undefined) ??
      escaped ??
      (bare === undefined ? '' : expand(bare));
    word = (word ?? '') + piece;
  }
  if (word !== undefined) words.push(word);
  return words;
}
