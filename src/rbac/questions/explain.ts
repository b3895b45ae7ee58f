import type { Attributes } from '../../kube/index.ts';
import { allowBy, type CompiledBinding, subjectMatches } from '../binding.ts';
import { SUPERUSER_GROUP } from '../callers.ts';
import type { Policy } from '../policy.ts';
import type { PolicyView } from '../policy-view.ts';
import { allowsNamed, allowsUrl, type RoleSlot } from '../role-slot.ts';
import { holdingsOf } from '../subject-index.ts';
import type { Grant, ObjectName } from './grant.ts';
import { createDenial, type Denial } from './near-misses/denial.ts';
import { type Held, heldAt } from './near-misses/held.ts';
import { leastGrant } from './near-misses/least-grant.ts';
import { bindingName, roleNamesOf } from './near-misses/names.ts';
import type { Finding, NearGrant, NearMiss, NearMissKind } from './near-misses/near-miss.ts';
import { findNothingNear } from './near-misses/nothing-near.ts';
import { NEAR_MISSES } from './near-misses/registry.ts';
import { allowingRule } from './near-misses/rule-allows.ts';

export type { NearGrant, NearMiss, NearMissKind } from './near-misses/near-miss.ts';

export interface Explanation {
  readonly decision: 'allow' | 'noOpinion';
  /** Kubernetes' reason string, as the decision has it. */
  readonly reason: string;
  /** The caller is in system:masters: no rule was asked. */
  readonly superuser?: true;
  /** What allows the request: the grant that `reason` names. */
  readonly grant?: Grant;
  /** For a refusal, the nearest first; for an allow, none. */
  readonly nearMisses: readonly NearMiss[];
}

export interface ExplainOptions {
  /** The greatest number of near misses, 5 when left out, at most 100. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 5;
const MAX_LIMIT = 100;
/** So many findings of one kind that were said before end the kind. */
const MAX_REPEATS = 100;

/**
 * Why the policy decides the request as it does. It never disagrees with `authorize`. The work is bounded whatever the
 * policy's size: a near miss that lies beyond is not found. Who may see an explanation is for the caller to decide; it
 * names roles, bindings and subjects, also of others.
 */
export function explain(policy: Policy, attributes: Attributes, options: ExplainOptions = {}): Explanation {
  const { decision, reason } = policy.authorize(attributes);
  const view = policy.view();
  if (decision !== 'allow') {
    const limit = Math.min(MAX_LIMIT, Math.max(0, Math.trunc(options.limit ?? DEFAULT_LIMIT)));
    return { decision: 'noOpinion', reason, nearMisses: nearMissesOf(view, attributes, limit) };
  }
  if (attributes.user.groups.includes(SUPERUSER_GROUP)) {
    return { decision, reason, superuser: true, nearMisses: [] };
  }
  const grant = allowingGrant(view, attributes, reason);
  return { decision, reason, ...(grant === undefined ? {} : { grant }), nearMisses: [] };
}

/** The caller's grant that allows the request and that the decision's reason names. */
function allowingGrant(view: PolicyView, attributes: Attributes, reason: string): Grant | undefined {
  const { isResourceRequest, namespace, user } = attributes;
  const isLocal = isResourceRequest && namespace !== '';
  const local = isLocal ? view.subjects.namespaces.get(namespace) : undefined;
  for (const scope of [view.subjects.clusterWide, local]) {
    for (const holding of holdingsOf(scope, user)) {
      for (const [index, slot] of holding.slots.entries()) {
        const allows = isResourceRequest
          ? allowsNamed(slot.role, attributes)
          : allowsUrl(slot.role, attributes);
        const held = allows ? heldAt(holding, index) : undefined;
        if (held !== undefined && allowBy(held.binding, held.subjectIndex, user).reason === reason) {
          return grantOf(view, held.binding, attributes);
        }
      }
    }
  }
  return undefined;
}

function grantOf(view: PolicyView, binding: CompiledBinding, attributes: Attributes): Grant | undefined {
  // The reason names the binding's first subject that is the caller, whichever led here.
  const subject = binding.subjects.find((candidate) => subjectMatches(candidate, attributes.user));
  const { slot } = binding;
  const ruleIndex = slot.role === undefined ? -1 : allowingRule(slot.role, attributes);
  const rule = slot.role?.rules[ruleIndex];
  const role = roleNamesOf(view, [binding]).get(slot);
  if (subject === undefined || rule === undefined || role === undefined) return undefined;
  return { binding: bindingName(binding), role, rule, ruleIndex, subject: subject.subject };
}

interface Found extends Finding {
  readonly kind: NearMissKind;
}

function nearMissesOf(view: PolicyView, attributes: Attributes, limit: number): NearMiss[] {
  const found = limit === 0 ? [] : findNear(createDenial(view, attributes), limit);
  const remedy = leastGrant(attributes);
  const roles = roleNamesOf(
    view,
    found.flatMap(({ held }) => held?.binding ?? []),
  );
  return found.map(({ kind, message, remedyText, held, ruleIndex, noGrantHelps }) => ({
    kind,
    message,
    remedy: noGrantHelps ? undefined : remedy,
    remedyText,
    ...(held === undefined ? {} : { grant: nearGrantOf(held, ruleIndex, roles) }),
  }));
}

/** Kind by kind, until there are enough; no kind takes more than its third. */
function findNear(denial: Denial, limit: number): Found[] {
  const found: Found[] = [];
  const said = createMemory();
  for (const { kind, find } of NEAR_MISSES) {
    if (found.length >= limit) break;
    const most = Math.min(limit, found.length + Math.ceil(limit / 3));
    let repeats = 0;
    for (const finding of find(denial)) {
      if (!said.before(finding)) found.push({ ...finding, kind });
      else if (++repeats > MAX_REPEATS) break;
      if (found.length >= most) break;
    }
  }
  return found.length > 0
    ? found
    : [...findNothingNear(denial)].map((finding) => ({ ...finding, kind: 'nothingNear' }));
}

/** Remembers what was said, so that nothing is said twice: one rule through several bindings, one grant by two kinds. */
function createMemory() {
  const said = new Set<string>();
  const grants = new Map<CompiledBinding, Set<number>>();

  function grantSaidBefore({ held, ruleIndex }: Finding): boolean {
    if (held === undefined || ruleIndex !== undefined) return false;
    const subjects = grants.get(held.binding) ?? new Set();
    grants.set(held.binding, subjects);
    return subjects.size === subjects.add(held.subjectIndex).size;
  }

  return {
    before(finding: Finding): boolean {
      const texts = [finding.message, ...(finding.key === undefined ? [] : [finding.key])];
      const isNew = !texts.some((text) => said.has(text));
      for (const text of texts) said.add(text);
      return !isNew || grantSaidBefore(finding);
    },
  };
}

function nearGrantOf(
  { binding, slot, subject }: Held,
  ruleIndex: number | undefined,
  roles: ReadonlyMap<RoleSlot, ObjectName>,
): NearGrant {
  const role = roles.get(slot);
  const rule = ruleIndex === undefined ? undefined : slot.role?.rules[ruleIndex];
  return {
    binding: bindingName(binding),
    subject: subject.subject,
    roleRef: binding.object.roleRef,
    ...(role === undefined ? {} : { role }),
    ...(rule === undefined || ruleIndex === undefined ? {} : { rule, ruleIndex }),
  };
}
