import type { Filter } from './steps.ts';

export interface ModelObject {
  readonly namespace: string;
  readonly name: string;
  readonly colour: string;
  readonly data: string;
  readonly revision: number;
}

interface Change {
  readonly revision: number;
  readonly before: ModelObject | undefined;
  readonly after: ModelObject | undefined;
}

/** `ADDED default/a@7 red x`: what an event tells. */
export interface Told {
  readonly revision: number;
  readonly text: string;
}

/** The plainest cluster there is: a list of changes. */
export function createModel() {
  const changes: Change[] = [];
  const current = new Map<string, ModelObject>();
  const keyOf = ({ namespace, name }: Pick<ModelObject, 'namespace' | 'name'>) => `${namespace}/${name}`;

  return {
    compacted: 0,
    revision: () => changes.at(-1)?.revision ?? 0,
    get: (namespace: string, name: string) => current.get(keyOf({ namespace, name })),
    change(revision: number, key: Pick<ModelObject, 'namespace' | 'name'>, after: ModelObject | undefined) {
      changes.push({ revision, before: current.get(keyOf(key)), after });
      if (after === undefined) current.delete(keyOf(key));
      else current.set(keyOf(key), after);
    },
    /** What a list answers, in order. */
    list: (filter: Filter) =>
      [...current.values()]
        .filter((object) => isSelected(object, filter))
        .map(describeObject)
        .toSorted(),
    /** What a watch tells that begins after a revision. */
    told: (filter: Filter, after: number): Told[] =>
      changes.flatMap((change) => (change.revision > after ? toldOf(change, filter) : [])),
  };
}

export type Model = ReturnType<typeof createModel>;

export function describeObject({ namespace, name, revision, colour, data }: ModelObject): string {
  return `${namespace}/${name}@${revision} ${colour} ${data}`;
}

function isSelected({ namespace, name, colour }: ModelObject, filter: Filter): boolean {
  if (filter.namespace !== '' && filter.namespace !== namespace) return false;
  if (filter.selector.startsWith('labelSelector')) return colour === 'red';
  return filter.selector === '' || name === 'a';
}

/** An object that ceases to match is told of as it last matched, with the new revision. */
function toldOf({ revision, before, after }: Change, filter: Filter): Told[] {
  const was = before !== undefined && isSelected(before, filter);
  if (after !== undefined && isSelected(after, filter))
    return [{ revision, text: `${was ? 'MODIFIED' : 'ADDED'} ${describeObject(after)}` }];
  return was ? [{ revision, text: `DELETED ${describeObject({ ...before, revision })}` }] : [];
}
