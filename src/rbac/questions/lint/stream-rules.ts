import { allowsVerb } from '../../rule.ts';
import type { LintedRole } from './lint-context.ts';
import type { Report, RoleLintRule } from './lint-rule.ts';
import { grants, parseTarget } from './risk.ts';

const STREAMS = ['pods/exec', 'pods/attach', 'pods/portforward'].map(parseTarget);

/** Streams open with a GET (WebSocket) or a POST (SPDY); since Kubernetes 1.35 a WebSocket needs create as well. */
export const STREAM_RULES: readonly RoleLintRule[] = [
  {
    on: 'role',
    id: 'exec-get-without-create',
    title: 'A role allows get on a stream of pods, but not create',
    severity: 'low',
    remedy: 'Allow create beside get, or neither.',
    check: (role) =>
      lone(role, 'get', 'create', 'opens it over a WebSocket before Kubernetes 1.35 and is refused since.'),
  },
  {
    on: 'role',
    id: 'exec-create-without-get',
    title: 'A role allows create on a stream of pods, but not get',
    severity: 'low',
    remedy: 'Allow get beside create.',
    check: (role) =>
      lone(role, 'create', 'get', 'is not enough for kubectl, whose WebSocket begins with a GET.'),
  },
];

/** Where the role has one verb on a stream but not, in any rule, the other. */
function* lone({ rules }: LintedRole, verb: string, other: string, consequence: string): Generator<Report> {
  for (const [index, rule] of rules.entries()) {
    const streams = STREAMS.filter(
      (stream) =>
        allowsVerb(rule, verb) &&
        grants(rule, stream) &&
        !rules.some((second) => allowsVerb(second, other) && grants(second, stream)),
    );
    if (streams.length > 0) {
      const names = streams.map(({ text }) => text).join(', ');
      yield {
        field: `rules[${index}].verbs`,
        message: `${verb} on ${names} without ${other} ${consequence}`,
      };
    }
  }
}
