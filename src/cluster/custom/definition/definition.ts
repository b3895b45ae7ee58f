import type { KubeObject } from '../../resources/index.ts';
import type { ClientConfig } from '../../webhooks/index.ts';
import type { JsonSchema } from '../structural/json-schema.ts';

/** A CustomResourceDefinition as it is stored. Source: apiextensions-apiserver/pkg/apis/apiextensions/v1/types.go. */
export interface Definition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: DefinitionNames;
    readonly scope: 'Cluster' | 'Namespaced';
    readonly versions: readonly DefinitionVersion[];
    readonly conversion?: DefinitionConversion;
    readonly preserveUnknownFields?: boolean;
  };
  readonly status?: DefinitionStatus;
}

/** How objects of one version become those of another one. */
export interface DefinitionConversion {
  /** None changes apiVersion alone. */
  readonly strategy: string;
  readonly webhook?: {
    readonly clientConfig?: ClientConfig;
    readonly conversionReviewVersions?: readonly string[];
  };
}

export interface DefinitionNames {
  readonly plural: string;
  readonly singular?: string;
  readonly kind: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

export interface DefinitionVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema };
  readonly subresources?: {
    readonly status?: object;
    readonly scale?: {
      readonly specReplicasPath: string;
      readonly statusReplicasPath: string;
      readonly labelSelectorPath?: string;
    };
  };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
}

export interface DefinitionStatus {
  readonly conditions?: readonly DefinitionCondition[];
  readonly acceptedNames?: DefinitionNames;
  readonly storedVersions?: readonly string[];
}

export interface DefinitionCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Whether a condition of the definition is there and true. */
export function isTrue({ status }: Definition, type: string): boolean {
  return status?.conditions?.some((each) => each.type === type && each.status === 'True') === true;
}

/** The version that objects are kept in. */
export function storageVersionOf({ spec }: Definition): DefinitionVersion | undefined {
  return spec.versions.find(({ storage }) => storage);
}
