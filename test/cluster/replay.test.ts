import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { TestCluster } from '../../src/testing/entry.d.ts';
import { startTestCluster } from '../../src/testing/start-test-cluster.ts';
import { type RecordedExchange, readExchanges } from './recorded-exchanges.ts';

/** Where our answer differs on purpose, line by line: how much of both is compared, or what of ours instead. */
const differs: Readonly<Record<string, { why: string; code?: number; compared(answer: string): string }>> = {
  '406': {
    why: 'answers are no protobuf, and the list of representations says so',
    compared: (answer) =>
      answer.replaceAll(/application\/vnd[^,"\\]*(?:, )?|, $/g, '').replaceAll(/, "/g, '"'),
  },
  '401 bad token': {
    why: 'it bears two tokens: which of them counts is nothing to guess',
    code: 400,
    compared: () => '',
  },
  'deployment after controllers': {
    why: 'the recorded controllers had not counted pods yet, and hash templates otherwise',
    compared: (answer) =>
      answer.replaceAll(/"f:replicas":\{\},(?="f:t)|,"f:updatedReplicas":\{\}|"status":\{"ob.*/g, ''),
  },
};

/** Answers were cut there; a cut may fall into what is masked. */
const cutAt = 890;
const unsure = 60;

const exchanges = [...readExchanges('errors'), ...readExchanges('semantics')];

describe('R-046 S-266 S-267 answers recorded from kube-apiserver', () => {
  let cluster: TestCluster;
  const tokens = { admin: '', other: '' };

  beforeAll(async () => {
    cluster = await startTestCluster();
    tokens.admin = cluster.token;
    tokens.other = parse(cluster.kubeconfigFor({ username: 'alice' })).users[0].user.token;
    // Nobody schedules pods in the recording.
    const merge = { 'content-type': 'application/merge-patch+json' };
    await cluster.request('PATCH', '/api/v1/nodes/sallyport-node', { spec: { unschedulable: true } }, merge);
  });
  afterAll(() => cluster.close());

  it('are all compared, and differ only where they were recorded', () => {
    const titles = new Set(exchanges.map(({ title }) => title));
    expect(Object.keys(differs).filter((title) => !titles.has(title))).toEqual([]);
    expect(exchanges.length).toBe(101);
  });

  it.each(exchanges.map((exchange) => [exchange.title, exchange] as const))('%s', async (title, exchange) => {
    if (title === 'deployment after controllers') await countedReplicas(exchange.target);
    const { why, code = exchange.code, compared = (answer: string) => answer } = differs[title] ?? {};
    const answer = await send(exchange);
    expect([answer.code, answer.warnings], why).toEqual([code, exchange.warnings]);
    const isCut = exchange.answer.length >= cutAt;
    const recorded = compared(masked(exchange.answer));
    const length = isCut ? recorded.length - unsure : Infinity;
    expect(compared(masked(answer.text)).slice(0, length), why).toBe(recorded.slice(0, length));
  });

  async function countedReplicas(target: string): Promise<void> {
    const counted = async () => (await cluster.request('GET', target)).body.status.replicas;
    await expect.poll(counted, { timeout: 10_000 }).toBe(1);
  }

  function send({ method, target, headers, body = '', asOther, isAnonymous }: RecordedExchange) {
    const { Authorization: written, ...others } = headers;
    const own = isAnonymous ? [] : [`Bearer ${asOther ? tokens.other : tokens.admin}`];
    const authorization = [...own, ...(written === undefined ? [] : [written])];
    return new Promise<Pick<RecordedExchange, 'code' | 'warnings'> & { text: string }>((done, failed) => {
      const sent = request(cluster.url + target, {
        method,
        ca: cluster.ca,
        headers: {
          Accept: '*/*',
          // The recording's program, which is a manager of fields.
          'User-Agent': 'spike',
          'Content-Length': Buffer.byteLength(body),
          ...(authorization.length === 0 ? {} : { Authorization: authorization }),
          ...others,
        },
      });
      sent.once('error', failed);
      sent.once('response', (answer) => {
        const warnings = String(answer.headers['warning'] ?? '').match(/299 - "(?:[^"\\]|\\.)*"/g) ?? [];
        text(answer).then(
          (content) => done({ code: answer.statusCode ?? 0, warnings, text: content.trim() }),
          failed,
        );
      });
      sent.end(body);
    });
  }
});

/** Without what differs from run to run. */
function masked(answer: string): string {
  return answer
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uid>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replaceAll(/"resourceVersion":"\d+"/g, '"resourceVersion":"<revision>"')
    .replaceAll(/in record \(\d+\)/g, 'in record (<revision>)')
    .replaceAll(/current: \d+/g, 'current: <revision>')
    .replaceAll(/\b(gen|kube-api-access)-\w{5}\b/g, '$1-<random>')
    .replaceAll(/"manager":"(?:oracle-kcm|kube-controller-manager)"/g, '"manager":"<controllers>"');
}
