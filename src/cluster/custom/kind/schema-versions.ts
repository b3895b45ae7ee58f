import type { JsonSchema } from '../structural/json-schema.ts';

/** A version and its schema. */
export interface SchemaVersion {
  readonly groupVersion: string;
  readonly schema: JsonSchema;
}

/** All versions of a kind, served or not. */
export interface SchemaVersions {
  /** What objects are kept in when they are written now. */
  readonly stored: SchemaVersion;
  /** By apiVersion. */
  readonly all: ReadonlyMap<string, SchemaVersion>;
}
