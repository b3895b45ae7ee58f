import type { ResourceType, ScalePaths, SubresourceType, WebhookConversion } from '../../resources/index.ts';
import type { ClientConfig, WebhookClient } from '../../webhooks/index.ts';
import { printerColumns } from '../columns/printer-columns.ts';
import type { ConversionReport } from '../conversion/conversion-report.ts';
import { webhookConversion } from '../conversion/webhook-conversion.ts';
import { type Convert, createWebhookConverter } from '../conversion/webhook-converter.ts';
import {
  type Definition,
  type DefinitionNames,
  type DefinitionVersion,
  isTrue,
  storageVersionOf,
} from '../definition/definition.ts';
import { customValidator } from '../validate/validate-custom-object.ts';
import { customCodec } from './custom-kind.ts';
import { deprecationWarnings } from './deprecation.ts';
import { publishedSchema } from './published-schema.ts';
import type { SchemaVersion, SchemaVersions } from './schema-versions.ts';
import { compareVersions } from './version-order.ts';

/** The resources that a definition makes, the most preferred version first. */
export interface CustomTypes {
  readonly served: readonly ResourceType[];
  /** The version that objects are kept in, served or not; undefined while there is none. */
  readonly stored: ResourceType | undefined;
}

/** What a definition's resources count on. */
export interface CustomTypesDeps {
  /** Aborted when the definition has changed or gone. */
  readonly retired: AbortSignal;
  /** The way to the definition's webhook. */
  openWebhook(config: ClientConfig): WebhookClient;
  /** Is told of every review that the webhook is asked. */
  readonly onConversion?: ((report: ConversionReport) => void) | undefined;
}

/** Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, customresource_discovery_controller.go. */
export function customTypes(definition: Definition, deps: CustomTypesDeps): CustomTypes {
  const { versions, group } = definition.spec;
  const storage = storageVersionOf(definition);
  if (storage === undefined) return { served: [], stored: undefined };
  const all = new Map(versions.map((version) => [`${group}/${version.name}`, schemaVersion(group, version)]));
  const schemas: SchemaVersions = { stored: schemaVersion(group, storage), all };
  const types = new Map<string, ResourceType>();
  const convert = converterOf(definition, deps);
  const conversionOf = (own: SchemaVersion) =>
    convert && webhookConversion(own, schemas, convert, (apiVersion) => types.get(apiVersion));
  for (const version of versions) {
    const own = schemaVersion(group, version);
    const isUsed = version.served || version.storage || convert !== undefined;
    if (!isUsed) continue;
    const type = customType(definition, version, { own, schemas, conversion: conversionOf(own), ...deps });
    types.set(own.groupVersion, type);
  }
  const served = versions
    .filter((version) => version.served)
    .toSorted((a, b) => compareVersions(a.name, b.name))
    .flatMap(({ name }) => types.get(`${group}/${name}`) ?? []);
  return { served, stored: types.get(schemas.stored.groupVersion) };
}

/** Undefined when versions differ by their apiVersion alone. */
function converterOf(
  { metadata, spec }: Definition,
  { retired, openWebhook, onConversion }: CustomTypesDeps,
): Convert | undefined {
  const { strategy, webhook } = spec.conversion ?? {};
  if (strategy !== 'Webhook' || webhook?.clientConfig === undefined) return undefined;
  const client = openWebhook(webhook.clientConfig);
  retired.addEventListener('abort', () => client.close(), { once: true });
  const { name: definition = '' } = metadata;
  return createWebhookConverter(client, webhook.conversionReviewVersions ?? [], (report) =>
    onConversion?.({ definition, ...report }),
  );
}

interface VersionDeps {
  readonly own: SchemaVersion;
  readonly schemas: SchemaVersions;
  readonly conversion: WebhookConversion | undefined;
  readonly retired: AbortSignal;
}

function customType(
  definition: Definition,
  version: DefinitionVersion,
  { own, schemas: kept, conversion, retired }: VersionDeps,
): ResourceType {
  const { group, scope } = definition.spec;
  const names = namesOf(definition);
  const { name, schemas } = publishedSchema(group, version.name, names, own.schema);
  const { definitions: columns, cells } = printerColumns(version.additionalPrinterColumns);
  const isTerminating = isTrue(definition, 'Terminating');
  const { kind, plural, singular = kind.toLowerCase(), listKind = `${kind}List` } = names;
  const scale = scalePaths(version);
  const type = {
    group,
    version: version.name,
    resource: plural,
    singular,
    kind,
    namespaced: scope === 'Namespaced',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: isTerminating ? verbsWhileTerminating : verbs,
    subresources: subresourcesOf(version, kind),
    hasGeneration: true,
    hasStatus: version.subresources?.status !== undefined,
    createOnUpdate: false,
    schema: name,
    own: {
      schemas,
      columns,
      cells,
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
    },
  };
  return {
    ...type,
    custom: {
      ...customCodec(kind, own, kept),
      validate: customValidator(type, own.schema, scale),
      listKind,
      warnings: deprecationWarnings(definition, version),
      ...(isTerminating
        ? { closed: 'create not allowed while custom resource definition is terminating' }
        : {}),
      ...(scale === undefined ? {} : { scale }),
      retired,
      ...(conversion === undefined ? {} : { conversion }),
    },
  };
}

/** The names that the definition has been granted; it may ask for others meanwhile. */
function namesOf({ spec, status }: Definition): DefinitionNames {
  const { acceptedNames } = status ?? {};
  return acceptedNames === undefined || acceptedNames.kind === '' ? spec.names : acceptedNames;
}

function schemaVersion(group: string, { name, schema }: DefinitionVersion): SchemaVersion {
  return { groupVersion: `${group}/${name}`, schema: schema?.openAPIV3Schema ?? {} };
}

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const verbsWhileTerminating = ['delete', 'deletecollection', 'get', 'list', 'watch'];
const subresourceVerbs = ['get', 'patch', 'update'];

function subresourcesOf({ subresources }: DefinitionVersion, kind: string): readonly SubresourceType[] {
  const status = { name: 'status', kind, group: '', version: '', verbs: subresourceVerbs };
  const scale = {
    name: 'scale',
    kind: 'Scale',
    group: 'autoscaling',
    version: 'v1',
    verbs: subresourceVerbs,
  };
  return [
    ...(subresources?.status === undefined ? [] : [status]),
    ...(subresources?.scale === undefined ? [] : [scale]),
  ];
}

function scalePaths({ subresources }: DefinitionVersion): ScalePaths | undefined {
  const scale = subresources?.scale;
  if (scale === undefined) return undefined;
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return {
    specReplicas: membersOf(specReplicasPath),
    statusReplicas: membersOf(statusReplicasPath),
    ...(labelSelectorPath === undefined ? {} : { labelSelector: membersOf(labelSelectorPath) }),
  };
}

function membersOf(path: string): readonly string[] {
  return path.replace(/^\./, '').split('.');
}
