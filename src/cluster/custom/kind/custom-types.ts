import type { ResourceType, ScalePaths, SubresourceType } from '../../resources/index.ts';
import { printerColumns } from '../columns/printer-columns.ts';
import {
  type Definition,
  type DefinitionNames,
  type DefinitionVersion,
  isTrue,
  storageVersionOf,
} from '../definition/definition.ts';
import { customValidator } from '../validate/validate-custom-object.ts';
import { customCodec, type SchemaVersion } from './custom-kind.ts';
import { deprecationWarnings } from './deprecation.ts';
import { publishedSchema } from './published-schema.ts';
import { compareVersions } from './version-order.ts';

/** The resources that a definition makes, the most preferred version first. */
export interface CustomTypes {
  readonly served: readonly ResourceType[];
  /** The version that objects are kept in, served or not; undefined while there is none. */
  readonly stored: ResourceType | undefined;
}

/**
 * Source: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, customresource_discovery_controller.go.
 * @param retired aborted when the definition has changed or gone
 */
export function customTypes(definition: Definition, retired: AbortSignal): CustomTypes {
  const { versions } = definition.spec;
  const stored = storageVersionOf(definition);
  if (stored === undefined) return { served: [], stored: undefined };
  const served = versions
    .filter((version) => version.served)
    .toSorted((a, b) => compareVersions(a.name, b.name))
    .map((version) => customType(definition, version, stored, retired));
  const same = served.find(({ version }) => version === stored.name);
  return { served, stored: same ?? customType(definition, stored, stored, retired) };
}

function customType(
  definition: Definition,
  version: DefinitionVersion,
  stored: DefinitionVersion,
  retired: AbortSignal,
): ResourceType {
  const { group, scope } = definition.spec;
  const names = namesOf(definition);
  const [own, kept] = [schemaVersion(group, version), schemaVersion(group, stored)];
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
