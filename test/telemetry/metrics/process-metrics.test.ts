import { describe, expect, it } from 'vitest';
import { Registry } from '../../../src/telemetry/index.ts';
import { figure, scrape } from '../support/parse-exposition.ts';

describe('the metrics of the process', () => {
  it('tell of memory, processor, event loop and what is running', async () => {
    const registry = new Registry();
    registry.watchProcess('1.2.3');
    const samples = await scrape(registry);
    expect(figure(samples, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(figure(samples, 'nodejs_heap_size_used_bytes')).toBeGreaterThan(1e6);
    expect(figure(samples, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(figure(samples, 'nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
    expect(figure(samples, 'nodejs_version_info', { version: process.version })).toBe(1);
    expect(figure(samples, 'sallyport_build_info', { version: '1.2.3' })).toBe(1);
  });
});
