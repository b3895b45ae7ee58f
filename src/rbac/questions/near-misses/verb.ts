import type { Denial } from './denial.ts';
import type { Finder } from './near-miss.ts';
import type { NearRule } from './near-rules.ts';
import { ownRuleFinding } from './own-rule.ts';
import { resourceText, word, wordList } from './wording.ts';

/** Streams that kubectl opens over WebSocket. */
const STREAMS = ['pods/exec', 'pods/attach', 'pods/portforward'];

/** What a verb is, for those that are taken for another. */
const MEANING: ReadonlyMap<string, string> = new Map([
  ['get', 'get reads one object'],
  ['list', 'list reads a collection'],
  ['watch', 'watch follows a collection'],
  ['create', 'create makes a new object'],
  ['update', 'update replaces an object'],
  ['patch', 'patch changes a part of an object'],
  ['delete', 'delete removes one object'],
  ['deletecollection', 'deletecollection removes a whole collection'],
]);

/**
 * `get` without `create` or the reverse on a stream: a WebSocket opens with GET, and kube-apiserver 1.35 and later want
 * `create` as well, as for the older SPDY's POST.
 */
export const findWebSocketVerb: Finder = function* (denial) {
  const { attributes } = denial;
  const { verb, subresource } = attributes;
  for (const near of denial.nearRules().verb) {
    const other = otherStreamVerb(denial, near);
    if (other === undefined) continue;
    yield ownRuleFinding(
      near,
      attributes,
      `allows ${other} on ${resourceText(attributes)}, not ${verb}: ${subresource} over a WebSocket needs get and create`,
      `Give both get and create on ${resourceText(attributes)}.`,
    );
  }
};

/** A rule for just this resource and name, but without the verb. */
export const findVerb: Finder = function* (denial) {
  const { attributes } = denial;
  const { verb } = attributes;
  const target = attributes.isResourceRequest ? resourceText(attributes) : word(attributes.path);
  const meaning = attributes.isResourceRequest ? MEANING.get(verb) : undefined;
  for (const near of denial.nearRules().verb) {
    if (otherStreamVerb(denial, near) !== undefined) continue;
    const { verbs } = near.rule;
    const has = verbs.length === 0 ? 'no verb' : wordList(verbs);
    yield ownRuleFinding(
      near,
      attributes,
      `allows ${has} on ${target}, not ${word(verb)}${meaning === undefined ? '' : `: ${meaning}`}`,
      `Add the verb ${word(verb)} to the rule.`,
    );
  }
};

function otherStreamVerb({ attributes }: Denial, { rule }: NearRule): 'get' | 'create' | undefined {
  const { isResourceRequest, apiGroup, verb } = attributes;
  if (!isResourceRequest || apiGroup !== '' || !STREAMS.includes(resourceText(attributes))) return undefined;
  const other = verb === 'create' ? 'get' : verb === 'get' ? 'create' : undefined;
  return other !== undefined && rule.verbs.includes(other) ? other : undefined;
}
