import { parseYamlBody, readBody, YamlBodyError } from '../../http/index.ts';
import { badRequest, duplicateFields, isDeeperThan, notFound } from '../../kube/index.ts';
import { timestamp } from '../objects/object-context.ts';
import { type Applied, applyConfiguration, type Versions } from '../ownership/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { goJsonType, isJsonObject } from '../schema/index.ts';
import { confirmNamespace } from './create.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { presentObject } from './present.ts';
import { addWarnings, respondJson } from './respond.ts';
import { viewOf } from './view-of.ts';
import { confirmName, createUnderName, writeObject } from './write.ts';
import { parseWriteOptions, type WriteOptions } from './write-options.ts';

const applyType = 'application/apply-patch+yaml';

/** Whether a PATCH is a server-side apply. */
export function isApply({ headers }: Pick<Call['request'], 'headers'>): boolean {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase() === applyType;
}

/**
 * Server-side apply to an object, which may not exist yet, or to its /status. A lost race is run again on the newer object.
 * Source: Kubernetes apiserver/pkg/endpoints/handlers/patch.go applyPatcher.
 */
export const apply: Handler = async (context, call) => {
  const { request, response, type } = call;
  const view = viewOf(context, call);
  const body = await readBody(request, context.maxBodyBytes);
  const options = parseWriteOptions('PatchOptions', call.query, true);
  const config = readConfiguration(body);
  const warnings = warningsOf(config.duplicates, options);
  const { object, isNew } = await write(context, call, options, config.object);
  addWarnings(response, warnings);
  respondJson(request, call.query, response, isNew ? 201 : 200, presentObject(type, object, view));
};

/** A name may come or go between the look and the write: then it is looked at again. */
async function write(
  context: HandlerContext,
  call: Call,
  options: WriteOptions,
  config: KubeObject,
): Promise<{ readonly object: KubeObject; readonly isNew: boolean }> {
  const { type, namespace, name, subresource } = call;
  let applied: Applied | undefined;
  const applyTo = (live: KubeObject | undefined, versions?: Versions): KubeObject => {
    const { fieldManager: manager, force } = options;
    const time = timestamp(context.objects);
    applied = applyConfiguration({ type, live, config, manager, subresource, force, time, versions });
    return applied.object;
  };
  const how = { options, trackFields: () => applied?.managedFields };
  if (await context.objects.objects.has(type, namespace, name)) {
    return { object: await writeObject(context, call, how, applyTo), isNew: false };
  }
  if (subresource !== '') throw notFound(type, name);
  const wanted = applyTo(undefined);
  confirmNamespace(call, wanted);
  confirmName(call, wanted);
  return { object: await createUnderName(context, call, how, wanted), isNew: true };
}

/** Configurations nest no deeper than objects do; merging is recursive and has only the stack. */
const maxDepth = 200;

interface Configuration {
  readonly object: KubeObject;
  /** What is there twice; the client is warned of it. */
  readonly duplicates: readonly string[];
}

/** The body's object, YAML or JSON. Throws StatusError 400. */
export function readConfiguration(body: Buffer): Configuration {
  const text = body.toString('utf8');
  // What kubectl sends is JSON, whose parser is the faster one. YAML that repeats a key is not taken at all.
  const json = parsedJson(text);
  const value = (json === undefined ? readYaml(body) : json) ?? {};
  if (!isJsonObject(value)) {
    const problem = `json: cannot unmarshal ${goJsonType(value)} into Go value of type map[string]interface {}`;
    throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: ${problem}`);
  }
  if (isDeeperThan(value, maxDepth)) throw badRequest('error decoding YAML: exceeded max depth');
  const metadata = value['metadata'] ?? {};
  // Of another type it does not get past the schema.
  const object = { ...value, metadata: metadata as KubeObject['metadata'] };
  return { object, duplicates: json === undefined ? [] : duplicateFields(text) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readYaml(body: Buffer): unknown {
  try {
    return parseYamlBody(body);
  } catch (error) {
    if (error instanceof YamlBodyError) throw badRequest(`error decoding YAML: ${error.message}`);
    throw error;
  }
}

/** Throws StatusError 400 where the client asked for strictness. */
function warningsOf(duplicates: readonly string[], { fieldValidation }: WriteOptions): readonly string[] {
  if (fieldValidation === 'Ignore') return [];
  if (fieldValidation !== 'Strict' || duplicates.length === 0) return duplicates;
  throw badRequest(`error strict decoding YAML: ${duplicates.join(', ')}`);
}
