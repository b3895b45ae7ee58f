import type { ControllerDeps } from './controller.ts';
import { templateHash } from './deployment/template-hash.ts';
import { controllerRevisions, type Kind } from './kinds.ts';
import { claimed, managedBy } from './ownership.ts';
import type { ControllerRevision, DaemonSet, PodTemplate, StatefulSet } from './shapes.ts';
import { changeObject, makeObject, removeObject } from './writes.ts';

/** Which of the templates that its set has had a pod was made from. */
export const revisionLabel = 'controller-revision-hash';

type Set = StatefulSet | DaemonSet;

/** The templates that a set has had, each under its name, the present one as the newest. */
export interface RevisionHistory {
  readonly newest: ControllerRevision;
  /** From the oldest to the newest. */
  readonly all: readonly ControllerRevision[];
}

/** The name under which a set's present template is kept. */
export function revisionName({ metadata, spec }: Set): string {
  return `${metadata.name}-${templateHash(spec.template)}`;
}

/**
 * Keeps the present template as the newest of the history, where `kubectl rollout undo` finds it. One that was there before
 * becomes the newest again. Source: Kubernetes pkg/controller/history, stateful_set_control.go getStatefulSetRevisions.
 */
export async function keepRevision<T extends Set>(
  deps: ControllerDeps,
  kind: Kind<T>,
  set: T,
): Promise<RevisionHistory> {
  const { namespace = '' } = set.metadata;
  const candidates = deps.world.list(controllerRevisions, namespace);
  const own = await claimed(deps, { kind, object: set }, controllerRevisions, candidates);
  const known = own.toSorted((a, b) => a.revision - b.revision);
  const last = known.at(-1);
  const name = revisionName(set);
  const same = known.find(({ metadata }) => metadata.name === name);
  if (last !== undefined && same === last) return { newest: last, all: known };
  const revision = (last?.revision ?? 0) + 1;
  const newest =
    same === undefined
      ? await makeObject<ControllerRevision>(deps.context, controllerRevisions, namespace, {
          metadata: {
            name,
            labels: {
              ...set.spec.template.metadata?.labels,
              [revisionLabel]: templateHash(set.spec.template),
            },
            ownerReferences: [managedBy(kind, set)],
          },
          data: { spec: { template: { ...set.spec.template, $patch: 'replace' } } },
          revision,
        })
      : await changeObject(deps.context, controllerRevisions, same, (object) => ({ ...object, revision }));
  return { newest, all: [...known.filter((each) => each !== same), newest] };
}

/** The template that a revision keeps. */
export function templateOf({ data }: ControllerRevision): PodTemplate {
  const { $patch: _, ...template } = data.spec.template;
  return template;
}

/**
 * Forgets the oldest revisions beyond the set's limit, but none that pods live by. Source: truncateHistory.
 * @param live names of revisions
 */
export async function forgetRevisions(
  { context }: ControllerDeps,
  { spec }: Set,
  { newest, all }: RevisionHistory,
  live: ReadonlySet<string>,
): Promise<void> {
  const old = all.filter((each) => each !== newest && !live.has(each.metadata.name ?? ''));
  const surplus = Math.max(0, old.length - (spec.revisionHistoryLimit ?? 10));
  for (const revision of old.slice(0, surplus)) await removeObject(context, controllerRevisions, revision);
}
