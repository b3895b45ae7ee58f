import { stringify } from 'yaml';

/**
 * A JSON value as Kubernetes writes YAML: members sorted, lists not indented, words that YAML 1.1 takes for something else in
 * quotes. Source: sigs.k8s.io/yaml.
 */
export function yamlText(value: unknown): string {
  return stringify(value, { version: '1.1', sortMapEntries: true, indentSeq: false, lineWidth: 0 });
}
