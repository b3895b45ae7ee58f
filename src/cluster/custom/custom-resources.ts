import { type Entry, followPrefix, type PrefixFollowerDeps } from '../../store/index.ts';
import { typePrefix } from '../objects/object-key.ts';
import { entryObject } from '../objects/stored-object.ts';
import {
  builtInTable,
  builtInType,
  createResourceTable,
  type ResourceTable,
  type ResourceType,
  type ServedResources,
} from '../resources/index.ts';
import { type Definition, isTrue } from './definition/definition.ts';
import { type CustomTypes, type CustomTypesDeps, customTypes } from './kind/custom-types.ts';
import { compareVersions } from './kind/version-order.ts';

/** What is served now, custom resources among it. */
export interface CustomResources extends ServedResources {
  /** All definitions by name, served or not. Shared: never edit them. */
  definitions(): ReadonlyMap<string, Definition>;
  /** The resources of an established definition. */
  typesOf(name: string): CustomTypes | undefined;
  /** @param listener called with the name of a definition that came, changed or went */
  onChange(listener: (name: string) => void): void;
  close(): void;
}

interface Known {
  readonly definition: Definition;
  /** What of the definition decides what is served. */
  readonly mark: string;
  readonly types: CustomTypes | undefined;
  retire(): void;
}

/** The kind of definitions themselves. */
export function definitionType(): ResourceType {
  return builtInType('apiextensions.k8s.io', 'customresourcedefinitions');
}

export type FollowDefinitionsDeps = PrefixFollowerDeps &
  Pick<CustomTypesDeps, 'openWebhook' | 'onConversion'>;

/**
 * Follows the definitions in the store. A store in this process tells of a change before its writer is answered: what a
 * definition makes is served from the moment at which it says Established.
 * @param besides what this cluster serves that not every one has
 */
export async function followDefinitions(
  deps: FollowDefinitionsDeps,
  besides: readonly ResourceType[] = [],
): Promise<CustomResources> {
  const known = new Map<string, Known>();
  const definitions = new Map<string, Definition>();
  const listeners: ((name: string) => void)[] = [];
  const fixed =
    besides.length === 0
      ? builtInTable
      : createResourceTable([...builtInTable.types, ...besides], builtInTable);
  let table: ResourceTable = fixed;

  function rebuild(): void {
    const served = [...known.values()].flatMap(({ types }) => types?.served ?? []);
    table = createResourceTable([...fixed.types, ...inOrder(fixed, served)], table);
  }

  function put(entry: Entry): void {
    const definition = entryObject(entry) as Definition;
    const { name = '' } = definition.metadata;
    const before = known.get(name);
    const mark = markOf(definition);
    definitions.set(name, definition);
    if (before?.mark === mark) known.set(name, { ...before, definition });
    else {
      before?.retire();
      const retired = new AbortController();
      const { openWebhook, onConversion } = deps;
      const types = isTrue(definition, 'Established')
        ? customTypes(definition, { retired: retired.signal, openWebhook, onConversion })
        : undefined;
      known.set(name, { definition, mark, types, retire: () => retired.abort() });
      if (types !== undefined || before?.types !== undefined) rebuild();
    }
    for (const listener of listeners) listener(name);
  }

  function remove(entry: Entry): void {
    const { name = '' } = entryObject(entry).metadata;
    const before = known.get(name);
    known.delete(name);
    definitions.delete(name);
    if (before?.types !== undefined) rebuild();
    before?.retire();
    for (const listener of listeners) listener(name);
  }

  const watcher = await followPrefix(deps, typePrefix(definitionType()), { put, remove });
  return {
    table: () => table,
    definitions: () => definitions,
    typesOf: (name) => known.get(name)?.types,
    onChange: (listener) => void listeners.push(listener),
    close() {
      watcher.close();
      for (const { retire } of known.values()) retire();
    },
  };
}

function markOf(definition: Definition): string {
  const { uid, generation } = definition.metadata;
  const conditions = ['Established', 'Terminating'].map((type) => isTrue(definition, type));
  return JSON.stringify([uid, generation, definition.status?.acceptedNames, conditions]);
}

/** Groups by name, versions by preference, as kube-apiserver lists what it does not rank otherwise. */
function inOrder(fixed: ResourceTable, types: readonly ResourceType[]): readonly ResourceType[] {
  return types
    .filter(({ group, version }) => !fixed.serves(group, version))
    .toSorted(
      (a, b) =>
        compareText(a.group, b.group) ||
        compareVersions(a.version, b.version) ||
        compareText(a.resource, b.resource),
    );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
