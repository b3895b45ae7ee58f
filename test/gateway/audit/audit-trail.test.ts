import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditTrail } from '../../../src/gateway/audit/index.ts';
import { attributesOf, forbidden, resolveRequestInfo } from '../../../src/kube/index.ts';
import { jane, recording } from './support/recording.ts';

const status = forbidden(attributesOf(resolveRequestInfo('GET', '/x'), jane), '').status;

/** Everything that a pipeline, a target, a client and their accidents can do to a trail. */
const acts: Record<string, (trail: AuditTrail) => void> = {
  allowed: (trail) => trail.decided('allow', 'r'),
  refused: (trail) => trail.decided('deny', ''),
  impersonated: (trail) => trail.impersonated({ username: 'alice', groups: [] }),
  annotated: (trail) => trail.annotate('k', 'v'),
  responds: (trail) => trail.respondsWith(status),
  started: (trail) => trail.responseStarted(200),
  upgraded: (trail) => trail.responseStarted(101),
  completed: (trail) => trail.complete(200),
  failed: (trail) => trail.complete(403, status),
  hungUp: (trail) => trail.complete(),
  panicked: (trail) => trail.panicked('TypeError'),
};

const requests = ['/api/v1/pods', '/api/v1/pods?watch=1', '/api/v1/namespaces/a/pods/b/exec', '/version'];

describe('every trail', () => {
  it('ends with exactly one terminal event, in whatever order things happen', () => {
    const target = fc.constantFrom(...requests);
    const act = fc.constantFrom(...Object.keys(acts));
    const level = fc.constantFrom('Metadata', 'Request', 'RequestResponse');
    fc.assert(
      fc.property(
        target,
        level,
        fc.boolean(),
        fc.array(act, { maxLength: 12 }),
        (path, atLevel, known, steps) => {
          const { begin, events } = recording([{ level: atLevel }]);
          const trail = begin('GET', path, known ? {} : { user: undefined });
          if (trail === undefined) throw new Error('not audited');
          for (const step of steps) acts[step]?.(trail);
          trail.complete();
          const stages = events().map(({ stage }) => stage);
          const terminal = known ? /^(?:ResponseComplete|Panic)$/ : /^ResponseStarted$/;
          expect(stages.filter((stage) => terminal.test(stage))).toHaveLength(1);
          expect(stages.at(-1)).toMatch(terminal);
          // At most one of each, in Kubernetes' order.
          expect(new Set(stages).size).toBe(stages.length);
          if (known) expect(stages[0]).toBe('RequestReceived');
          expect(stages.includes('ResponseStarted') && !known ? stages : ['ok']).toHaveLength(1);
          for (const { responseStatus } of events().slice(known ? 1 : 0)) {
            expect(responseStatus?.['code']).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
