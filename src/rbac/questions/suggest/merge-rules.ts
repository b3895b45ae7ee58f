import type { PolicyRule } from '../../model.ts';
import { textOrder } from '../principal.ts';
import { orderedVerbs } from '../verb-order.ts';
import { getOrAdd, type ScopeNeeds, splitResourceKey } from './needs-table.ts';

// Verbs on single objects that more names may be granted for. All else (impersonate, bind, sign, …) means so much more
// without names that it always keeps them.
const WIDENED: ReadonlySet<string> = new Set(['get', 'update', 'patch', 'delete']);

/** A product: every verb on every resource of every group, for every name. No names: for any. */
interface Block {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
}

/**
 * The fewest rules found that allow just what is needed; the same for the same needs, whatever their order.
 * @param everywhere what the same user has cluster-wide, and so needs in no namespace
 * @param maxNames more names than this of one resource become any name
 */
export function mergeRules(
  needs: ScopeNeeds,
  everywhere: ScopeNeeds | undefined,
  maxNames: number,
): PolicyRule[] {
  const atoms: Block[] = [];
  for (const [key, verbs] of needs.resources) {
    const { apiGroup, resource } = splitResourceKey(key);
    const held = everywhere?.resources.get(key);
    for (const [verb, names] of verbs) {
      const left = missingNames(names, namesOf(held?.get(verb), verb, maxNames), verb, maxNames);
      if (left !== undefined) {
        atoms.push({ verbs: [verb], apiGroups: [apiGroup], resources: [resource], names: left });
      }
    }
  }
  const blocks = mergeBy(mergeBy(mergeBy(atoms, 'verbs'), 'resources'), 'apiGroups');
  return [...blocks.map(resourceRule), ...urlRules(needs.urls)].sort(compareByText);
}

/** The names to grant, in order; none for any name. */
function namesOf(
  names: ReadonlySet<string> | undefined,
  verb: string,
  maxNames: number,
): string[] | undefined {
  if (names === undefined) {
    return undefined;
  }
  return names.has('') || (names.size > maxNames && WIDENED.has(verb)) ? [] : [...names].sort();
}

/** The names that are needed beyond those that are held; undefined when nothing is. */
function missingNames(
  names: ReadonlySet<string>,
  held: readonly string[] | undefined,
  verb: string,
  maxNames: number,
): string[] | undefined {
  if (held?.length === 0) {
    return undefined;
  }
  const left = new Set(names).difference(new Set(held));
  return left.size === 0 ? undefined : namesOf(left, verb, maxNames);
}

/** Joins the blocks that differ in one list only. What they allow together stays the same. */
function mergeBy(blocks: readonly Block[], list: keyof Block): Block[] {
  const merged = new Map<string, Block[]>();
  for (const block of blocks) {
    getOrAdd(merged, JSON.stringify({ ...block, [list]: [] }), () => []).push(block);
  }
  return [...merged.values()].flatMap((alike) => {
    const [first] = alike;
    const words = new Set(alike.flatMap((block) => block[list]));
    const joined = list === 'verbs' ? orderedVerbs(words) : [...words].sort(textOrder);
    return first === undefined ? [] : [{ ...first, [list]: joined }];
  });
}

function resourceRule({ verbs, apiGroups, resources, names }: Block): PolicyRule {
  return { apiGroups, resources, ...(names.length === 0 ? {} : { resourceNames: names }), verbs };
}

function urlRules(urls: ReadonlyMap<string, ReadonlySet<string>>): PolicyRule[] {
  const verbsByUrl = new Map<string, string[]>();
  for (const [verb, paths] of urls) {
    for (const url of paths) {
      getOrAdd(verbsByUrl, url, () => []).push(verb);
    }
  }
  const urlsByVerbs = new Map<string, { verbs: string[]; nonResourceURLs: string[] }>();
  for (const [url, unordered] of verbsByUrl) {
    const verbs = orderedVerbs(unordered);
    getOrAdd(urlsByVerbs, verbs.join('\n'), () => ({ verbs, nonResourceURLs: [] })).nonResourceURLs.push(url);
  }
  return [...urlsByVerbs.values()].map(({ verbs, nonResourceURLs }) => ({
    nonResourceURLs: nonResourceURLs.sort(textOrder),
    verbs,
  }));
}

function compareByText(a: PolicyRule, b: PolicyRule): number {
  return textOrder(JSON.stringify(a), JSON.stringify(b));
}
