import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuditLog } from '../../../src/audit-log/index.ts';
import {
  createAuditor,
  type InterruptedEventsOptions,
  interruptedEvents,
} from '../../../src/gateway/audit/index.ts';
import { resolveRequestInfo } from '../../../src/kube/index.ts';
import { jane, NOON, policyOf, type RecordedEvent } from './support/recording.ts';

const METADATA = policyOf({ level: 'Metadata' });
const PODS = '/api/v1/namespaces/default/pods';

let directory: string;
let path: string;
let clock: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'audit-'));
  path = join(directory, 'audit.log');
  clock = NOON;
});
afterEach(() => rmSync(directory, { recursive: true }));

/** One life of a process: it finds what the last one left, then works, and is killed. */
function live(
  work: (begin: (target: string, auditId?: string) => ReturnType<typeof beginOne>) => void,
  options: Partial<InterruptedEventsOptions> & { maxSizeBytes?: number } = {},
): number {
  const found = interruptedEvents({ path, policy: METADATA, now: () => clock, ...options });
  const log = { error: () => {}, info: () => {}, warn: () => {} };
  const backend = openAuditLog({ path, now: () => clock, log, durability: 'each', ...options });
  for (const line of found) backend.write(line);
  const auditor = createAuditor({ policy: options.policy ?? METADATA, backend, now: () => clock, log });
  work((target, auditId = 'a') => {
    clock += 1;
    return beginOne(auditor, target, auditId);
  });
  backend.close();
  return found.length;
}

function beginOne(auditor: ReturnType<typeof createAuditor>, target: string, auditId: string) {
  const requestInfo = resolveRequestInfo('GET', target);
  const request = { url: target, headers: {}, socket: { remoteAddress: '192.0.2.1' } };
  return auditor.begin({ auditId, request, requestInfo, user: jane });
}

function events(): RecordedEvent[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedEvent);
}

describe('interruptedEvents', () => {
  it('ends what a killed process left open, once', () => {
    live((begin) => {
      begin(PODS)?.complete(200);
      const trail = begin(PODS);
      trail?.decided('allow', 'because');
      begin('/healthz', 'b');
    });
    expect(live(() => {})).toBe(2);
    expect(live(() => {})).toBe(0);
    const [pods, health] = events().slice(-2);
    expect(JSON.stringify(pods)).toBe(
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a","stage":"Panic","requestURI":"/api/v1/namespaces/default/pods","verb":"list","user":{"username":"jane","groups":["developers","system:authenticated"]},"sourceIPs":["192.0.2.1"],"objectRef":{"resource":"pods","namespace":"default","apiVersion":"v1"},"responseStatus":{"metadata":{},"status":"Failure","message":"the process ended before the request did","reason":"InternalError","code":500},"requestReceivedTimestamp":"2026-11-25T00:00:00.002000Z","stageTimestamp":"2026-11-25T00:00:00.003000Z","annotations":{"sallyport.dev/interrupted":"true"}}',
    );
    expect([health?.auditID, health?.stage]).toEqual(['b', 'Panic']);
  });

  it('keeps what a stream had told when it began', () => {
    live((begin) => {
      const trail = begin(`${PODS}?watch=1`);
      trail?.decided('allow', 'because');
      trail?.responseStarted(200);
    });
    live(() => {});
    expect(events().map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseStarted', 'Panic']);
    expect(events().at(-1)?.annotations).toEqual({
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason': 'because',
      'sallyport.dev/interrupted': 'true',
    });
  });

  it('finds requests through files that were set aside', () => {
    const options = { maxSizeBytes: 2000 };
    live((begin) => {
      begin(PODS, 'first');
      for (let n = 0; n < 10; n += 1) begin(PODS, `${n}`)?.complete(200);
    }, options);
    expect(live(() => {}, options)).toBe(1);
    expect(events().at(-1)).toMatchObject({ auditID: 'first', stage: 'Panic' });
  });

  it('leaves alone whom the policy gives no last event, and what is no log', () => {
    const policy = policyOf(
      { level: 'Metadata', nonResourceURLs: ['/healthz'], omitStages: ['ResponseComplete'] },
      { level: 'Metadata', resources: [{ group: '', resources: ['pods'] }], omitStages: ['Panic'] },
    );
    live((begin) => {
      for (const target of ['/healthz', '/clusters/one/healthz', PODS]) begin(target);
    });
    expect(interruptedEvents({ path, policy, now: () => NOON })).toEqual([]);
    symlinkSync(path, join(directory, 'link.log'));
    for (const other of ['link.log', 'absent.log', 'absent/audit.log']) {
      expect(interruptedEvents({ path: join(directory, other), policy: METADATA, now: () => NOON })).toEqual(
        [],
      );
    }
  });

  it('a failed authentication is over with its one event', () => {
    writeFileSync(
      path,
      '{"auditID":"a","stage":"ResponseStarted","requestURI":"/","verb":"get","user":{},"requestReceivedTimestamp":"x"}\n',
    );
    expect(live(() => {})).toBe(0);
  });

  it('reads no more of the log than it may, and keeps no more requests in mind', () => {
    live((begin) => {
      for (let n = 0; n < 100; n += 1) begin(PODS, `${n}`);
    });
    const line = Buffer.byteLength(readFileSync(path, 'utf8').split('\n')[99] ?? '') + 1;
    const ids = (options: Partial<InterruptedEventsOptions>) =>
      interruptedEvents({ path, policy: METADATA, now: () => NOON, ...options }).map(
        (text) => (JSON.parse(text) as RecordedEvent).auditID,
      );
    expect(ids({ maxBytes: 3 * line - 1 })).toEqual(['98', '99']);
    expect(ids({ maxOpen: 2 })).toEqual(['98', '99']);
  });

  it('passes over half lines, other lines and lines without an end', () => {
    live((begin) => void begin(PODS));
    const [received = ''] = readFileSync(path, 'utf8').split('\n');
    const noise = ['', 'x', '{}', '[]', 'null', received.slice(0, 50), 'y'.repeat(2_000_000)];
    writeFileSync(path, [...noise, received.replace('"a"', '"b"'), ...noise, received].join('\n'));
    expect(live(() => {})).toBe(2);
  });

  it('gives each request exactly one last event, whenever the process is killed', () => {
    const step = fc.record({ id: fc.constantFrom('a', 'b'), ends: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), (lives) => {
        writeFileSync(path, '');
        for (const steps of lives) {
          live((begin) => {
            for (const { id, ends } of steps) {
              const trail = begin(PODS, id);
              if (ends) trail?.complete(200);
            }
          });
        }
        live(() => {});
        const requests = Map.groupBy(
          readFileSync(path, 'utf8') === '' ? [] : events(),
          ({ auditID, requestReceivedTimestamp }) => `${auditID} ${String(requestReceivedTimestamp)}`,
        );
        const steps = lives.flat();
        expect(requests.size).toBe(steps.length);
        const ends = [...requests.values()].map(([, ...later]) => later.map(({ stage }) => stage).join());
        expect(ends.filter((stage) => stage === 'ResponseComplete')).toHaveLength(
          steps.filter(({ ends: told }) => told).length,
        );
        expect(ends.every((stage) => stage === 'ResponseComplete' || stage === 'Panic')).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
