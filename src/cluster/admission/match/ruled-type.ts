import type { ResourceType } from '../../resources/index.ts';
import { type Asked, matchesRule, type Rule } from './match-rule.ts';

/** A rule that takes a request, and the resource that it says so of: the request's own, or the same in another version. */
export interface RuledBy {
  readonly type: ResourceType;
  readonly rule: Rule;
}

/**
 * The rules that take such requests, the request's own resource first.
 * Source: apiserver/pkg/admission/plugin/webhook/generic/webhook.go ShouldCallHook, policy/matching/matching.go.
 * @param equivalents the types whose objects are kept in the same place
 */
export function rulesFor(
  rules: readonly Rule[],
  matchPolicy: string,
  asked: Asked,
  equivalents: readonly ResourceType[],
): readonly RuledBy[] {
  const own = rules.filter((rule) => matchesRule(rule, asked)).map((rule) => ({ type: asked.type, rule }));
  if (matchPolicy !== 'Equivalent') return own;
  const others = rules.flatMap((rule) =>
    equivalents
      .filter((type) => type !== asked.type && matchesRule(rule, { ...asked, type }))
      .map((type) => ({ type, rule })),
  );
  return [...own, ...others];
}
