import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readExchanges } from './recorded-exchanges.ts';
import { startCluster, type TestCluster } from './support.ts';

interface RecordedWatch {
  readonly title: string;
  readonly target: string;
  readonly accept: string | undefined;
  readonly code: number;
  /** Events or an answer, each cut when it was long. */
  readonly lines: readonly string[];
}

/** What is not compared, and why. */
const notCompared: Readonly<Record<string, string>> = {
  'watch rv too old': 'it is not too old there: the events are those with which the recorded server began',
  'bookmarks in 70s': 'it lasts; watch.test.ts moves the clock',
};

const recordings = readRecordings();
const compared = recordings.filter(({ title }) => notCompared[title] === undefined);

describe('watches recorded from kube-apiserver', () => {
  let cluster: TestCluster;
  /** Values that the requests take from answers. */
  const variables = new Map<string, string>();

  beforeAll(async () => {
    cluster = await startCluster();
    // The watches were recorded in the state that these leave.
    for (const { method, target, body, headers, asOther } of [
      ...readExchanges('errors'),
      ...readExchanges('semantics'),
    ]) {
      if (!asOther) await cluster.send(method, target, body, { 'User-Agent': 'spike', ...headers });
    }
    const { json } = await cluster.send('GET', '/api/v1/namespaces/default/configmaps?limit=1');
    variables.set('RV', json.metadata.resourceVersion);
    variables.set('C', json.metadata.continue);
  });
  afterAll(() => cluster.close());

  it('leaves out only recorded titles', () => {
    const titles = recordings.map(({ title }) => title);
    expect(Object.keys(notCompared).filter((title) => !titles.includes(title))).toEqual([]);
    expect(compared.length).toBeGreaterThan(20);
  });

  it.each(compared.map((recording) => [recording.title, recording] as const))(
    '%s',
    async (title, recorded) => {
      const target = recorded.target.replaceAll(
        /\$(RV|C)\b/g,
        (_, name: string) => variables.get(name) ?? '',
      );
      const answer = await open(cluster, target, recorded.accept);
      expect(answer.code).toBe(recorded.code);
      expect(answer.contentType).toBe('application/json');
      if (title.includes('enter/leave')) await writeW1(cluster);
      const lines = await answer.read(recorded.lines.length);
      expect(lines).toHaveLength(recorded.lines.length);
      for (const [index, line] of recorded.lines.entries()) {
        const wanted = comparable(line);
        expect(comparable(lines[index] ?? '').slice(0, wanted.length)).toBe(wanted);
      }
      answer.leave();
    },
  );
});

/** What the recording did to one object while somebody watched. */
async function writeW1(cluster: TestCluster): Promise<void> {
  const path = '/api/v1/namespaces/default/configmaps';
  const headers = { 'User-Agent': 'spike' };
  const merge = { ...headers, 'Content-Type': 'application/merge-patch+json' };
  await cluster.send('POST', path, { metadata: { name: 'w1', labels: { l: '1' } } }, headers);
  for (const l of ['2', '1'])
    await cluster.send('PATCH', `${path}/w1`, { metadata: { labels: { l } } }, merge);
  await cluster.send('DELETE', `${path}/w1`, undefined, headers);
}

async function open(cluster: TestCluster, target: string, accept: string | undefined) {
  const leaving = new AbortController();
  const response = await fetch(cluster.url + target, {
    headers: { 'User-Agent': 'spike', Accept: accept ?? '*/*' },
    signal: leaving.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    code: response.status,
    contentType: response.headers.get('content-type'),
    /** So many lines, or all of them; of the recorder's own extra object there is none. */
    async read(count: number): Promise<readonly string[]> {
      let text = '';
      while (text.split('\n').length <= count && count > 0) {
        const { done, value } = await reader.read();
        if (done) break;
        text += value;
      }
      return text.split('\n').filter((line) => line !== '');
    },
    leave: () => leaving.abort(),
  };
}

/** Without what differs from run to run, what only the recorded server has, and the end that was cut off. */
function comparable(line: string): string {
  const masked = line
    .replaceAll(/"uid":"[^"]*"/g, '"uid":"<uid>"')
    .replaceAll(/"resourceVersion":"\d+"/g, '"resourceVersion":"<revision>"')
    .replaceAll(/"time":"[^"]*"|"creationTimestamp":"[^"]*"|\d{4}-\d\d-\d\dT[\d:]+Z/g, '<time>')
    .replaceAll(/gen-\w{5}/g, 'gen-<random>')
    .replaceAll(/"continue":"[^"]*"/g, '"continue":"<token>"')
    .replaceAll(/,"(?:\d+[smh])+"\]/g, ',"<age>"]')
    .replaceAll(/"description":"[^"]*"?/g, '"description":"')
    .replaceAll(/"remainingItemCount":\d+/g, '"remainingItemCount":<count>')
    .replaceAll(/,"managedFields":\[.*/g, '');
  const isWhole = line.length < cutAt && /\}$/.test(line);
  return isWhole ? masked.slice(0, 240) : masked.slice(0, Math.max(0, Math.min(240, masked.length - 60)));
}

const cutAt = 419;

function readRecordings(): RecordedWatch[] {
  const read = (name: string) =>
    readFileSync(new URL(`../corpus/cluster/exchanges/${name}`, import.meta.url), 'utf8');
  const answers = new Map(
    read('watch.txt')
      .split(/^## /m)
      .slice(1)
      .map((part) => {
        const [title = '', ...lines] = part.split('\n');
        const code = Number(lines.find((line) => line.startsWith('HTTP/'))?.split(' ')[1]);
        const said = lines.filter((line) => line.startsWith('{"type"') || line.startsWith('{"kind"'));
        return [title, { code, lines: said.filter((line) => !line.includes('openshift')) }] as const;
      }),
  );
  return [
    ...read('watch.requests.sh').matchAll(/^(?:\w+=\d+ )?w "([^"]+)" (?:-H '([^']+)' )?"([^"]+)"$/gm),
  ].map(([, title = '', header, url = '']) => ({
    title,
    target: url.replace('$N', '/api/v1/namespaces/default').replace('$O', ''),
    accept: header?.replace(/^Accept: /, ''),
    ...(answers.get(title) ?? { code: 0, lines: [] }),
  }));
}
