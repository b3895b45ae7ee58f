import type { ResourceType } from '../../resources/index.ts';
import { asJsonArray, asText } from '../../schema/index.ts';
import type { AdmissionAttributes } from '../attributes.ts';
import type { Asked, Rule } from './match-rule.ts';
import { type RuledBy, rulesFor } from './ruled-type.ts';
import { compileSelection, type FindNamespace, type Selectors } from './selection.ts';

/**
 * The version in which a request is looked at; undefined when it is not. Throws StatusError 404 for the namespace that it
 * names.
 */
export type MatchRequest = (
  attributes: AdmissionAttributes,
  findNamespace: FindNamespace,
) => Promise<ResourceType | undefined>;

/** What policies and their bindings are about. */
export interface MatchResources {
  /** Of such requests; undefined when they cannot match. */
  among(asked: Asked, equivalents: readonly ResourceType[]): MatchRequest | undefined;
}

/** Source: admissionregistration v1 MatchResources, apiserver/pkg/admission/plugin/policy/matching/matching.go. */
export function compileMatchResources(given: Record<string, unknown>): MatchResources {
  const rules = asJsonArray(given['resourceRules']) as readonly Rule[];
  const excluded = asJsonArray(given['excludeResourceRules']) as readonly Rule[];
  const matchPolicy = asText(given['matchPolicy']) ?? 'Equivalent';
  const selects = compileSelection(given as Selectors);
  return {
    among(asked, equivalents) {
      const all = [{ type: asked.type, rule: {} }];
      const wanted = rules.length === 0 ? all : rulesFor(rules, matchPolicy, asked, equivalents);
      if (wanted.length === 0) return undefined;
      const unwanted = rulesFor(excluded, matchPolicy, asked, equivalents);
      return async (attributes, findNamespace) => {
        if (unwanted.some((each) => takesName(each, attributes))) return undefined;
        const found = wanted.find((each) => takesName(each, attributes));
        return found !== undefined && (await selects(attributes, findNamespace)) ? found.type : undefined;
      };
    },
  };
}

function takesName({ rule }: RuledBy, { name }: AdmissionAttributes): boolean {
  const { resourceNames = [] } = rule;
  return resourceNames.length === 0 || resourceNames.includes(name);
}
