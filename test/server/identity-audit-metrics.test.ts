import { expect, it } from 'vitest';
import type { IdentityEvent } from '../../src/identity/audit/index.ts';
import { createIdentityAuditMetrics } from '../../src/server/identity-audit-metrics.ts';
import { Registry } from '../../src/telemetry/index.ts';
import { figure, scrape } from '../telemetry/support/parse-exposition.ts';

const event: IdentityEvent = {
  action: 'sign-out',
  actor: 'id-jane',
  subject: 'id-jane',
  client: undefined,
  address: undefined,
  result: 'success',
  reason: undefined,
  requestId: undefined,
  at: 0,
};

it('R-034 counts what the trail could not take, and what was lost of it', async () => {
  const registry = new Registry();
  const metrics = createIdentityAuditMetrics(registry);
  let full = false;
  const audit = metrics.counted({
    async record() {
      if (full) throw new Error('the disk is full');
    },
  });
  await audit.record(event);
  full = true;
  await expect(audit.record(event)).rejects.toThrow('the disk is full');
  metrics.lost(3);
  const samples = await scrape(registry);
  const of = (outcome: string) => figure(samples, 'sallyport_identity_audit_errors_total', { outcome });
  expect([of('held_back'), of('dropped')]).toEqual([1, 3]);
});
