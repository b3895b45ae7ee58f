import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RecordedExchange, readExchanges } from './recorded-exchanges.ts';
import { startCluster, type TestCluster } from './support.ts';

/** What is not compared, line by line, and why. */
const notServed: Readonly<Record<string, string>> = {
  '401 bad token': 'authentication is the gateway’s',
  '403 anon': 'authorization is the gateway’s',
  'impersonate ok': 'impersonation is the gateway’s',
  'smp on CR kind': 'custom resources are not served',
  'deployment after controllers': 'no controllers run',
  'delete group returns': 'the recorded garbage collector had a ReplicaSet to wait for',
};

/** Where our answer differs on purpose: what is compared instead. */
const differs: Readonly<Record<string, (recorded: unknown) => unknown>> = {
  // Answers are no protobuf, and the list of representations says so.
  '406': (status) => ({
    ...(status as object),
    message:
      '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/json;stream=watch',
  }),
  // No controller counts replicas.
  'scale get': withoutReplicas,
  'scale put': withoutReplicas,
};

function withoutReplicas(scale: unknown): unknown {
  return { ...(scale as object), status: { replicas: 0, selector: 'a=b' } };
}

const cutAt = 890;
const exchanges = [...readExchanges('errors'), ...readExchanges('semantics')];
const served = exchanges.filter(({ title, asOther }) => !asOther && notServed[title] === undefined);

describe('answers recorded from kube-apiserver', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.close());

  it('lists only recorded titles as not served', () => {
    const titles = new Set(exchanges.map(({ title }) => title));
    expect(
      [...Object.keys(notServed), ...Object.keys(differs)].filter((title) => !titles.has(title)),
    ).toEqual([]);
    expect(served.length).toBeGreaterThan(70);
  });

  it.each(served.map((exchange) => [exchange.title, exchange] as const))('%s', async (title, exchange) => {
    const answer = await cluster.send(exchange.method, exchange.target, exchange.body, {
      Accept: '*/*',
      // The recording's program, which is a manager of fields.
      'User-Agent': 'spike',
      ...exchange.headers,
    });
    expect(answer.code).toBe(exchange.code);
    expect(warningsOf(answer.headers.get('warning'))).toEqual(exchange.warnings);
    if (exchange.answer.length >= cutAt && !isJson(exchange.answer)) return;
    const recorded = parsed(exchange);
    expect(masked(isJson(answer.text) ? answer.json : answer.text.trim())).toEqual(
      masked(differs[title]?.(recorded) ?? recorded),
    );
  });
});

function parsed(exchange: RecordedExchange): unknown {
  return isJson(exchange.answer) ? JSON.parse(exchange.answer) : exchange.answer;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function warningsOf(header: string | null): string[] {
  return header?.match(/299 - "(?:[^"\\]|\\.)*"/g) ?? [];
}

/** Without what differs from run to run. */
function masked(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, member: unknown) => {
      if (key === 'resourceVersion' || key === 'uid') return `<${key}>`;
      if (typeof member !== 'string') return member;
      return member
        .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uid>')
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
        .replaceAll(/in record \(\d+\)/g, 'in record (<revision>)')
        .replaceAll(/current: \d+/g, 'current: <revision>')
        .replaceAll(/^gen-\w{5}$/g, 'gen-<random>');
    }),
  );
}
