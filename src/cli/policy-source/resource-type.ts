/** A kind of object as discovery describes it; what names on the command line resolve to. */
export interface ResourceType {
  /** '' for the core group. */
  readonly group: string;
  readonly versions: readonly string[];
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly namespaced: boolean;
  readonly subresources: readonly string[];
}

/**
 * Finds what TYPE, TYPE.GROUP or TYPE.VERSION.GROUP means, as kubectl does: plural, singular or short name in any case,
 * the group in full or its beginning. Sources: apimachinery schema.ParseResourceArg and meta.DefaultRESTMapper,
 * kubectl's restmapper shortcutExpander.
 * @param types in discovery order: the first wins when several groups have the name
 */
export function findResourceType(types: readonly ResourceType[], text: string): ResourceType | undefined {
  const [resource = '', ...rest] = text.toLowerCase().split('.');
  const [version = '', ...group] = rest;
  const withVersion = group.length === 0 ? undefined : find(types, resource, group.join('.'), version);
  return withVersion ?? find(types, resource, rest.join('.'), undefined);
}

/** Splits TYPE[.GROUP] at its first dot; for a type that nobody knows. */
export function splitResourceName(text: string): { readonly resource: string; readonly group: string } {
  const dot = text.indexOf('.');
  return dot < 0
    ? { resource: text, group: '' }
    : { resource: text.slice(0, dot), group: text.slice(dot + 1) };
}

function find(
  types: readonly ResourceType[],
  name: string,
  group: string,
  version: string | undefined,
): ResourceType | undefined {
  const served = version === undefined ? types : types.filter(({ versions }) => versions.includes(version));
  const exact = served.filter((type) => group === '' || type.group === group);
  const near = served.filter((type) => type.group.startsWith(group));
  return (
    exact.find(({ plural }) => plural === name) ??
    exact.find(({ shortNames }) => shortNames.includes(name)) ??
    near.find(({ shortNames }) => shortNames.includes(name)) ??
    exact.find(({ singular }) => singular === name) ??
    near.find(({ plural, singular }) => plural === name || singular === name)
  );
}
