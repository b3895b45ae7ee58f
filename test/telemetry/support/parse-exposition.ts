import type { Registry } from '../../../src/telemetry/index.ts';

/** One line of figures. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/sy;

/** The figures of a registry, by way of the text that a scraper gets. */
export async function scrape(registry: Registry): Promise<Sample[]> {
  return parseText((await registry.expose()).text);
}

/**
 * Reads the text format (0.0.4) as its description has it, and nothing else.
 * @throws Error for a line that is none
 */
export function parseText(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  return text
    .slice(0, -1)
    .split('\n')
    .filter((line) => line !== '' && !/^# (HELP|TYPE) \w+ ./.test(line))
    .map(parseLine);
}

function parseLine(line: string): Sample {
  const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
  if (name === '') throw new Error(`no sample: ${line}`);
  return { name, labels: parseLabels(labels), value: value === '+Inf' ? Infinity : Number(value) };
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '') throw new Error(`no labels: ${text}`);
    labels[name] = value.replace(/\\(.)/gs, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return labels;
}

/** The value of the one sample with this name and, at least, these labels. */
export function figure(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  if (found.length > 1) throw new Error(`${found.length} samples of ${name}`);
  return found[0]?.value;
}
