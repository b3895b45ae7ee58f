import { describe, expect, it } from 'vitest';
import { createConversionMetrics } from '../../src/server/conversion-metrics.ts';
import { Registry } from '../../src/telemetry/index.ts';
import { openConversionWebhook } from '../cluster/custom/conversion/conversion-webhook.ts';
import { betaPath, hostPort, hostPorts, v1Path } from '../cluster/custom/conversion/host-port.ts';
import { define } from '../cluster/custom/cron-tab.ts';
import { startCluster } from '../cluster/support.ts';

describe('figures of conversion webhooks', () => {
  it('say for each definition which versions were made of which, and what failed', async () => {
    const registry = new Registry();
    const webhook = await openConversionWebhook();
    const cluster = await startCluster({ onConversion: createConversionMetrics(registry) });
    await define(cluster, hostPorts(webhook));
    await cluster.send('POST', v1Path, hostPort('a'));
    await cluster.send('GET', betaPath);
    webhook.answer(() => 'nothing of the kind');
    await cluster.send('POST', v1Path, hostPort('b'));
    const { text } = await registry.expose();
    const labels = 'crd_name="hostports.conv.example.com",from_version="v1",to_version="v1beta1"';
    const durations = 'apiserver_crd_conversion_webhook_duration_seconds_count';
    expect(text).toContain(`${durations}{${labels},succeeded="true"} 1`);
    expect(text).toContain(`${durations}{${labels},succeeded="false"} 1`);
    expect(text).toContain(
      'apiserver_conversion_webhook_request_total{result="failure",failure_type="conversion_webhook_call_failure"} 1',
    );
    await cluster.close();
    await webhook.close();
  });
});
