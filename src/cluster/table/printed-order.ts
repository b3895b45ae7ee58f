import type { KubeObject, ResourceType } from '../resources/index.ts';
import { asJsonObject } from '../schema/index.ts';

/**
 * The rows of a Table in the order in which kube-apiserver prints them, which is that of the list but for flow schemas: those
 * are matched by precedence. Source: pkg/printers/internalversion/printers.go, apihelpers.FlowSchemaSequence.
 */
export function inPrintedOrder(
  { group, resource }: ResourceType,
  objects: readonly KubeObject[],
): readonly KubeObject[] {
  if (group !== 'flowcontrol.apiserver.k8s.io' || resource !== 'flowschemas') return objects;
  return objects.toSorted((a, b) => precedence(a) - precedence(b));
}

function precedence(schema: KubeObject): number {
  return Number(asJsonObject(schema['spec'])['matchingPrecedence'] ?? 0);
}
