import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Registry } from '../../../src/telemetry/index.ts';
import { figure, scrape } from '../support/parse-exposition.ts';

describe('the registry', () => {
  it('writes the text format', async () => {
    const registry = new Registry();
    const requests = registry.counter('requests_total', 'All "requests",\nby code\\class.', ['code']);
    requests.labels('200').inc();
    requests.labels('200').inc(2);
    requests.labels('404').inc();
    registry.gauge('open', 'Open ones.').labels().set(-1.5);
    const seconds = registry.histogram('seconds', 'How long.', [], [0.1, 1]).labels();
    for (const value of [0.05, 0.1, 0.5, 7]) seconds.observe(value);
    const { text, contentType } = await registry.expose();
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toBe(`# HELP requests_total All "requests",\\nby code\\\\class.
# TYPE requests_total counter
requests_total{code="200"} 3
requests_total{code="404"} 1

# HELP open Open ones.
# TYPE open gauge
open -1.5

# HELP seconds How long.
# TYPE seconds histogram
seconds_bucket{le="0.1"} 2
seconds_bucket{le="1"} 3
seconds_bucket{le="+Inf"} 4
seconds_sum 7.65
seconds_count 4
`);
  });

  it('carries any label value unchanged, and keeps different ones apart', async () => {
    const values = fc.uniqueArray(
      fc.tuple(
        fc.string({ unit: 'grapheme' }),
        fc.string({ unit: fc.constantFrom('"', '\\', '\n', ',', '}', '1', ':') }),
      ),
      { selector: (pair) => JSON.stringify(pair), maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(values, async (pairs) => {
        const registry = new Registry();
        const counter = registry.counter('things', 'Things.', ['a', 'b']);
        for (const [index, [a, b]] of pairs.entries()) counter.labels(a, b).inc(index + 1);
        const read = (await scrape(registry)).map(({ labels, value }) => [labels['a'], labels['b'], value]);
        expect(read).toEqual(pairs.map(([a, b], index) => [a, b, index + 1]));
      }),
    );
  });

  it('never keeps more label sets than its limit, and loses no count', async () => {
    const registry = new Registry();
    const counter = registry.counter('things', 'Things.', ['name', 'kind']);
    for (let at = 0; at < 12_000; at++) counter.labels(`thing-${at}`, 'x').inc();
    const samples = await scrape(registry);
    expect(samples.length).toBe(10_001);
    expect(figure(samples, 'things', { name: 'overflow', kind: 'overflow' })).toBe(2_000);
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(12_000);
  });

  it('does not show a gauge that was never set', async () => {
    const registry = new Registry();
    registry.gauge('age', 'An age.').labels();
    expect(await scrape(registry)).toEqual([]);
  });

  it('asks for what is read, not counted, at each exposition', async () => {
    const registry = new Registry();
    const size = registry.gauge('size', 'A size.').labels();
    let now = 1;
    registry.beforeScrape(() => size.set(now));
    expect(figure(await scrape(registry), 'size')).toBe(1);
    now = 2;
    expect(figure(await scrape(registry), 'size')).toBe(2);
  });

  it.each([
    ['a name that is taken', (registry: Registry) => registry.gauge('taken', 'Another.')],
    ['a name that is none', (registry: Registry) => registry.counter('no name', 'One.')],
    ['a label name that is none', (registry: Registry) => registry.counter('one', 'One.', ['a"b'])],
    ['too few values', (registry: Registry) => registry.counter('two', 'Two.', ['a', 'b']).labels('1')],
  ])('refuses %s', (_, act) => {
    const registry = new Registry();
    registry.counter('taken', 'One.');
    expect(() => act(registry)).toThrow();
  });
});
