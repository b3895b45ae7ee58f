import { describe, expect, it } from 'vitest';
import { createHookMetrics } from '../../../src/gateway/metrics/hook-metrics.ts';
import { Registry } from '../../../src/telemetry/index.ts';

describe('the metrics of admission webhooks', () => {
  it('have kube-apiserver’s names and labels', async () => {
    const registry = new Registry();
    const metrics = createHookMetrics(registry);
    metrics.asked('w.example.com', 'admit', 'CREATE', false, 200, 0.02);
    metrics.asked('w.example.com', 'validating', 'UPDATE', true, 403, 3);
    metrics.rejected('w.example.com', 'validating', 'UPDATE', 'no_error', 403);
    metrics.failedOpen('w.example.com', 'admit');
    const { text } = await registry.expose();
    const lines = text.split('\n').filter((line) => !line.startsWith('#'));
    const of = 'apiserver_admission_webhook_';
    const admitted = 'name="w.example.com",type="admit"';
    const validated = 'name="w.example.com",type="validating",operation="UPDATE"';
    expect(lines).toEqual(
      expect.arrayContaining([
        `${of}admission_duration_seconds_bucket{${admitted},operation="CREATE",rejected="false",le="0.025"} 1`,
        `${of}admission_duration_seconds_count{${validated},rejected="true"} 1`,
        `${of}request_total{${validated},code="403",rejected="true"} 1`,
        `${of}rejection_count{${validated},error_type="no_error",rejection_code="403"} 1`,
        `${of}fail_open_count{${admitted}} 1`,
      ]),
    );
  });
});
