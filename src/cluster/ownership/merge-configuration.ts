import { asJsonArray, asJsonObject, isJsonObject, type SchemaNode } from '../schema/index.ts';
import { itemElement, memberNode, mergeRuleOf } from './merge-rule.ts';

/**
 * The live value with everything that the configuration sets; what it does not set stays. Absent is undefined.
 * Source: structured-merge-diff/typed/merge.go.
 */
export function mergeConfiguration(node: SchemaNode | undefined, live: unknown, config: unknown): unknown {
  if (config === undefined) return live;
  const rule = mergeRuleOf(node, config);
  if (rule === 'leaf' || live === undefined || (isHollow(live) && isHollow(config))) return config;
  if (rule === 'members') return mergeMembers(node, asJsonObject(live), asJsonObject(config));
  return node === undefined ? config : mergeItems(node, asJsonArray(live), asJsonArray(config));
}

function isHollow(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || (isJsonObject(value) && Object.keys(value).length === 0);
}

type Json = Readonly<Record<string, unknown>>;

function mergeMembers(node: SchemaNode | undefined, live: Json, config: Json): Json {
  const merged = new Map(Object.entries(live));
  for (const [name, value] of Object.entries(config)) {
    merged.set(name, mergeConfiguration(memberNode(node, name), merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/**
 * Items come in the configuration's order, those of the live list that it does not name stay behind what they were behind.
 * A live item is merged once; repeated ones, which only old writes made, are replaced by the configuration's.
 */
function mergeItems(list: SchemaNode, live: readonly unknown[], config: readonly unknown[]): unknown[] {
  const liveElements = live.map((item) => itemElement(list, item));
  const configElements = config.map((item) => itemElement(list, item));
  const inLive = Map.groupBy(live, (_, index) => liveElements[index]);
  const inConfig = new Set(configElements);
  const shared = configElements.filter((element) => inLive.has(element));
  const merged = new Set<string>();
  const out: unknown[] = [];
  let nextShared = shared.shift();
  let [l, c] = [0, 0];

  function takeConfigured(element: string): void {
    const own = inLive.get(element) ?? [];
    merged.add(element);
    out.push(mergeConfiguration(list.elements(), own.length === 1 ? own[0] : undefined, config[c]));
    c += 1;
    if (nextShared === element) nextShared = shared.shift();
  }

  while (l < live.length || c < config.length) {
    const ofLive = liveElements[l];
    const ofConfig = configElements[c];
    if (ofLive !== undefined && ofLive === ofConfig) {
      takeConfigured(ofLive);
      l += 1;
      continue;
    }
    if (ofLive !== undefined && ofConfig !== undefined && inConfig.has(ofLive)) {
      // It has its turn, but where the configuration puts it.
      if (nextShared !== undefined && nextShared !== ofLive) {
        l += 1;
        continue;
      }
    }
    if (ofLive !== undefined) {
      if (!inConfig.has(ofLive)) {
        out.push(live[l]);
        l += 1;
        continue;
      }
      if (merged.has(ofLive)) l += 1;
    }
    if (ofConfig !== undefined) takeConfigured(ofConfig);
  }
  return out;
}
