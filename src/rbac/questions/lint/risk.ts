import { allowsResource, allowsVerb, type CompiledRule } from '../../rule.ts';
import type { Severity } from './finding.ts';
import type { LintedRole } from './lint-context.ts';
import type { Report, RoleLintRule } from './lint-rule.ts';

/** A right that is dangerous to hand out: some verbs on some resources. */
export interface Risk {
  readonly id: string;
  readonly title: string;
  readonly verbs: readonly string[];
  /** As kubectl writes them: `pods/exec`, `deployments.apps`. */
  readonly resources: readonly string[];
  readonly everywhere: Severity;
  /** Within one namespace; left out for resources that are in none. */
  readonly inNamespace?: Severity;
  /** When resourceNames confine it; left out when that makes it harmless. */
  readonly named?: Severity;
  /** What the holder can do with it. */
  readonly why: string | ((verbs: readonly string[]) => string);
  readonly remedy: string;
}

export interface Target {
  readonly text: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string;
}

/** `certificatesigningrequests/approval.certificates.k8s.io` taken apart. */
export function parseTarget(text: string): Target {
  const [path = '', ...group] = text.split('.');
  const [resource = '', subresource = ''] = path.split('/');
  return { text, apiGroup: group.join('.'), resource, subresource };
}

export function grants(rule: CompiledRule, { apiGroup, resource, subresource }: Target): boolean {
  return allowsResource(rule, apiGroup, resource, subresource);
}

/** All of everything. Reported once as that, instead of as each thing that it includes. */
export function isEverything(rule: CompiledRule): boolean {
  return (
    rule.resourceNames.length === 0 &&
    rule.verbs.includes('*') &&
    rule.apiGroups.includes('*') &&
    rule.resources.includes('*')
  );
}

export function riskRule(risk: Risk): RoleLintRule {
  const targets = risk.resources.map(parseTarget);
  return {
    on: 'role',
    id: risk.id,
    title: risk.title,
    severity: risk.everywhere,
    remedy: risk.remedy,
    *check(role) {
      for (const [index, rule] of role.rules.entries()) {
        const report = isEverything(rule) ? undefined : judge(risk, targets, role, rule);
        if (report !== undefined) {
          yield { ...report, field: `rules[${index}].resources` };
        }
      }
    },
  };
}

function judge(
  risk: Risk,
  targets: readonly Target[],
  role: LintedRole,
  rule: CompiledRule,
): Report | undefined {
  const named = rule.resourceNames.length > 0;
  const byReach = role.reach === 'cluster' ? risk.everywhere : risk.inNamespace;
  const severity = named && byReach !== undefined ? risk.named : byReach;
  const matches = (verb: string, target: Target) =>
    allowsVerb(rule, verb) && grants(rule, target) && (!named || carriesName(verb, target));
  const resources = targets.filter((target) => risk.verbs.some((verb) => matches(verb, target)));
  const verbs = risk.verbs.filter((verb) => resources.some((target) => matches(verb, target)));
  if (severity === undefined || verbs.length === 0) {
    return undefined;
  }
  const right = `${verbs.join(', ')} on ${resources.map(({ text }) => text).join(', ')}`;
  const why = typeof risk.why === 'string' ? risk.why : risk.why(verbs);
  return { severity, message: `Allows ${right} ${extentOf(role, named)}: ${why}` };
}

// Creating an object and emptying a collection carry no name, so a rule with resourceNames never matches them.
function carriesName(verb: string, { subresource }: Target): boolean {
  return subresource !== '' || (verb !== 'create' && verb !== 'deletecollection');
}

function extentOf({ reach }: LintedRole, named: boolean): string {
  const where = reach === 'cluster' ? 'cluster-wide' : 'within a namespace';
  return named ? `${where} for the names listed` : where;
}
