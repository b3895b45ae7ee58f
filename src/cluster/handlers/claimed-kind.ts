import { builtInTable, groupVersionOf, type ResourceType } from '../resources/index.ts';
import type { Claims } from './parse-body.ts';

/** Kinds that belong to no version of an API: Go knows them in all of them. Source: apimachinery/pkg/apis/meta/v1/register.go. */
const unversioned = new Set(['Status', 'APIVersions', 'APIGroupList', 'APIGroup', 'APIResourceList']);
const options = [
  'CreateOptions',
  'DeleteOptions',
  'GetOptions',
  'ListOptions',
  'PatchOptions',
  'UpdateOptions',
];
const ofEveryVersion = new Set([...options, 'WatchEvent']);

/** Of what a subresource takes, and took in this version in the same form. */
const olderVersions: ReadonlyMap<string, string> = new Map([['Eviction', 'policy/v1beta1']]);

/** Why an object that says to be of another version or kind is none of this type; undefined when it is. */
export function conversionProblem(type: ResourceType, apiVersion: string, kind: string): string | undefined {
  // Another kind is none of its definition's: that is for validation to say.
  if (type.custom !== undefined) return undefined;
  if (kind === type.kind && [groupVersionOf(type), olderVersions.get(kind)].includes(apiVersion))
    return undefined;
  const internal = `${packageOf(type.group)}.${type.kind}`;
  const version = builtInTable.findKind(apiVersion, kind)?.version ?? versionOfMeta(apiVersion, kind);
  if (version !== undefined) return unknownConversion(`${version}.${kind}`, internal);
  return notRegistered({ apiVersion, kind }, 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30');
}

/** The Go package's name of a kind that API machinery brings along. */
function versionOfMeta(apiVersion: string, kind: string): string | undefined {
  if (unversioned.has(kind)) return 'v1';
  const isServed = builtInTable.types.some((type) => groupVersionOf(type) === apiVersion);
  return isServed && ofEveryVersion.has(kind) ? 'v1' : undefined;
}

/** The Go package of a group's internal types. */
function packageOf(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}

const optionsOfAnyVersion = new Set(['CreateOptions', 'UpdateOptions', ...unversioned]);
const ofMeta = new Set([...ofEveryVersion, 'Table', 'TableOptions']);
for (const kind of ['PartialObjectMetadata', 'PartialObjectMetadataList']) ofMeta.add(kind);

/**
 * Why a body is none of DeleteOptions, which clients may send as of any version, known or not; undefined when it is.
 * Source: apimachinery/pkg/apis/meta/internalversion/register.go.
 */
export function deleteOptionsProblem({ apiVersion, kind }: Claims): string | undefined {
  if (kind === 'DeleteOptions') return undefined;
  if (optionsOfAnyVersion.has(kind) || (apiVersion === 'meta.k8s.io/v1' && ofMeta.has(kind)))
    return unknownConversion(`v1.${kind}`, 'v1.DeleteOptions');
  const scheme = 'k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27';
  return notRegistered({ apiVersion, kind }, scheme);
}

function unknownConversion(from: string, to: string): string {
  return `converting (${from}) to (${to}): unknown conversion`;
}

/** @param scheme where Go has made the list of kinds */
function notRegistered({ apiVersion, kind }: Claims, scheme: string): string {
  return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "${scheme}"`;
}
