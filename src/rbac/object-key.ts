/** One text per (kind, namespace, name), whatever characters are in them. */
export function objectKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace.length}/${namespace}/${name}`;
}
