import { fieldErrorsText, isDeeperThan } from '../../kube/index.ts';
import { builtInTable, type KubeObject } from '../resources/index.ts';
import { checkTypes } from './check-types.ts';
import { applyDefaults } from './defaults/apply-defaults.ts';
import { isJsonObject } from './json-object.ts';
import { unknownFields } from './unknown-fields.ts';
import { validateObject } from './validate/validate-object.ts';

/** What an API server makes of a manifest, or why it takes none. */
export type CheckedManifest =
  | { readonly object: KubeObject; readonly problems?: undefined }
  | { readonly problems: readonly string[] };

const MOST_LEVELS = 100;

/**
 * Reads a manifest of a built-in kind as an API server with `fieldValidation=Strict` does: the object with its defaults.
 * A namespaced one that names no namespace is taken to be in `default`.
 * @returns undefined for a kind that is not built in
 */
export function checkManifest(manifest: Readonly<Record<string, unknown>>): CheckedManifest | undefined {
  const { apiVersion, kind, metadata = {} } = manifest;
  const type = builtInTable.findKind(String(apiVersion), String(kind));
  if (type === undefined) return undefined;
  if (isDeeperThan(manifest, MOST_LEVELS)) return { problems: ['it is nested too deeply'] };
  const mistyped = checkTypes(type, manifest);
  if (mistyped !== undefined) return { problems: [mistyped] };
  const unknown = unknownFields(type, manifest);
  if (unknown.length > 0) return { problems: unknown };
  const place = type.namespaced ? { namespace: 'default' } : {};
  const known = isJsonObject(metadata) ? metadata : {};
  const object = applyDefaults(type, { ...manifest, metadata: { ...place, ...known } } as KubeObject);
  const errors = validateObject(type, object);
  return errors.length === 0 ? { object } : { problems: errors.map((error) => fieldErrorsText([error])) };
}
