import { typeProblem } from './check-types.ts';
import { decodeStruct } from './decode-object.ts';
import { namedNode, type SchemaNode } from './schema-node.ts';
import { unknownFieldsOf } from './unknown-fields.ts';
import { fillStruct } from './zeros.ts';

/** metadata on its own: of kinds whose other fields the recorded schemas do not describe. */
export const objectMetadata = {
  /** Its first value of a wrong type, in the words of Go's encoding/json, or undefined. */
  typeProblem: (metadata: unknown): string | undefined =>
    typeProblem(metadataNode(), metadata, { struct: 'ObjectMeta', path: '' }),
  /** The paths of the fields that it does not have. @param path of metadata itself */
  unknownFields: (metadata: unknown, path: string): string[] =>
    unknownFieldsOf(metadataNode(), metadata, path),
  /** What is left of it after Go has decoded and encoded it. It must have passed typeProblem. */
  decode: (metadata: Record<string, unknown>): Record<string, unknown> =>
    fillStruct(metadataNode(), decodeStruct(metadataNode(), metadata)),
} as const;

/** The schema of metadata. */
export function metadataNode(): SchemaNode {
  return namedNode('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
}
