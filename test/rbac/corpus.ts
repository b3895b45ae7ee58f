import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { PolicyObject } from '../../src/rbac/index.ts';

function readCorpus(file: string): string {
  return gunzipSync(readFileSync(new URL(`../corpus/rbac/${file}.gz`, import.meta.url))).toString();
}

/** One recorded JSON document. */
export function corpusJson<T>(file: string): T {
  return JSON.parse(readCorpus(file)) as T;
}

/** The lines of one recorded file. */
export function corpusLines<T>(file: string): T[] {
  const lines = readCorpus(file)
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}

/** No controller ran while the corpus was recorded: aggregated ClusterRoles counted with the rules as written. */
export function withoutAggregation(object: PolicyObject): PolicyObject {
  if (object.kind !== 'ClusterRole') return object;
  const { aggregationRule: _, ...plain } = object;
  return plain;
}
