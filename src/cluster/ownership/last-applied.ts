import { encodeGoJson } from '../../kube/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { asText, isJsonObject, schemaOf } from '../schema/index.ts';
import type { Applied } from './apply-configuration.ts';
import { compareObjects } from './compare.ts';
import { configurationProblem } from './configuration-errors.ts';
import { difference, type FieldSet, noFields, union } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What kubectl's client-side apply has set and what still is as it set it: kubectl may take these fields without force.
 * Source: apimachinery/pkg/util/managedfields/internal/lastappliedmanager.go.
 */
export function allowedByLastApplied(type: ResourceType, live: KubeObject): FieldSet {
  const text = asText(live.metadata.annotations?.[annotation]);
  const last = text === undefined ? undefined : parsed(text);
  if (last === undefined || last['apiVersion'] !== groupVersionOf(type)) return noFields;
  const schema = schemaOf(type);
  if (configurationProblem(schema, last) !== undefined) return noFields;
  const { added, modified, removed } = compareObjects(schema, last, live);
  return difference(fieldsOf(schema, last), union(union(added, modified), removed));
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The annotation's limit is that of all annotations of an object. */
const maxAnnotationBytes = 256 * 1024;

/**
 * Keeps the annotation of kubectl's client-side apply, where there is one, up to date with what kubectl applies.
 * Source: apimachinery/pkg/util/managedfields/internal/lastappliedupdater.go.
 */
export function withLastApplied(applied: Applied, config: KubeObject): Applied {
  const { object } = applied;
  const { annotations } = object.metadata;
  if (asText(annotations?.[annotation]) === undefined) return applied;
  const kept = { ...annotations, [annotation]: lastAppliedText(config) };
  const bytes = Object.entries(kept).reduce((sum, [name, value]) => sum + sizeOf(name) + sizeOf(value), 0);
  if (bytes > maxAnnotationBytes) Reflect.deleteProperty(kept, annotation);
  return { ...applied, object: { ...object, metadata: { ...object.metadata, annotations: kept } } };
}

function lastAppliedText(config: KubeObject): string {
  const { annotations } = config.metadata;
  const { [annotation]: _, ...others } = annotations ?? {};
  const metadata = isJsonObject(annotations) ? { ...config.metadata, annotations: others } : config.metadata;
  return `${encodeGoJson(sorted({ ...config, metadata }))}\n`;
}

/** As Go writes a map. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]));
}

function sizeOf(text: unknown): number {
  return Buffer.byteLength(String(text));
}
