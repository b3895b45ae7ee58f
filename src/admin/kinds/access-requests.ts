import type { AccessRequest, AccessRequests, RequestName, Scope } from '../../access-requests/index.ts';
import { generateName, type KubeObject } from '../../cluster/index.ts';
import { fieldError, invalid } from '../../kube/index.ts';
import { ADMIN_GROUP } from '../group.ts';
import type { Action, AdminKind, KindChange, Writing } from '../kind.ts';
import { accessRequestObject, accessRequestSpec } from './access-request-object.ts';
import { accessRequestType, decisionType } from './access-request-type.ts';
import { part, textOf } from './read.ts';

const DECISIONS = { Approve: 'approve', Deny: 'deny', Revoke: 'revoke' } as const;

/** Requests for access: in a namespace, or in the whole cluster. */
export function createAccessRequestsKind(
  requests: AccessRequests,
  where: 'namespace' | 'cluster',
): AdminKind {
  const type = accessRequestType(where);
  const toObject = (request: AccessRequest) => accessRequestObject(type.kind, request);
  const scopeOf = (namespace: string): Scope =>
    where === 'cluster' ? 'cluster' : namespace === '' ? 'namespaces' : { namespace };

  return {
    type,
    async list({ namespace, limit, after, revision }) {
      const from = after === undefined ? undefined : nameOf(after);
      const page = await requests.list({ scope: scopeOf(namespace), limit, after: from, revision });
      const { next } = page;
      return {
        items: page.items.map(toObject),
        next: next && (next.namespace === '' ? next.name : `${next.namespace}/${next.name}`),
        revision: page.revision,
      };
    },
    watch: (after, { onChanges, onError }, namespace) =>
      requests.watch(scopeOf(namespace), after, {
        onChanges: (changes, revision) =>
          onChanges(
            changes.map(
              ({ before, after: now }): KindChange => ({
                before: before && toObject(before),
                after: now && toObject(now),
              }),
            ),
            revision,
          ),
        onError,
      }),
    async get(name, namespace) {
      const found = await requests.get({ namespace, name });
      return found && toObject(found);
    },
    create: async (wanted, writing) => toObject(await create(wanted, writing)),
    async delete({ metadata: { namespace = '', name = '', uid } }, writing) {
      await requests.delete({ namespace, name }, { ...actOf(writing), uid });
    },
    actions: { decision: { type: decisionType, run: decide } satisfies Action },
  };

  async function create(wanted: KubeObject, writing: Writing): Promise<AccessRequest> {
    const { namespace = '', name = '', generateName: base = '' } = wanted.metadata;
    const spec = accessRequestSpec(wanted);
    const called = name === '' ? generateName(base === '' ? 'access-' : base) : name;
    return requests.create({ namespace, name: called, ...spec }, actOf(writing));
  }

  async function decide(current: KubeObject, body: KubeObject, writing: Writing): Promise<KubeObject> {
    const { namespace = '', name = '' } = current.metadata;
    const spec = part(body, 'spec');
    const decision = textOf(spec, 'decision');
    if (!isDecision(decision)) {
      const problem =
        decision === ''
          ? fieldError.required('spec.decision')
          : fieldError.notSupported('spec.decision', decision, Object.keys(DECISIONS));
      throw invalid({ group: ADMIN_GROUP, kind: 'AccessDecision' }, name, [problem]);
    }
    // Who names a uid decides on that one, and on none that has its name now.
    const { uid } = body.metadata;
    const act = { ...actOf(writing), uid, message: textOf(spec, 'message') };
    return toObject(await requests[DECISIONS[decision]]({ namespace, name }, act));
  }
}

function actOf({ user, caller, decide, by, dryRun }: Writing) {
  return { authority: { user, caller, decide }, dryRun, requestId: by.requestId };
}

function isDecision(text: string): text is keyof typeof DECISIONS {
  return Object.hasOwn(DECISIONS, text);
}

/** Of the place that a page is continued behind. */
function nameOf(place: string): RequestName {
  const slash = place.indexOf('/');
  return { namespace: slash < 0 ? '' : place.slice(0, slash), name: place.slice(slash + 1) };
}
