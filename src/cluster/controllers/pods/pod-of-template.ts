import type { KubeObject, ObjectMeta, ResourceType } from '../../resources/index.ts';
import { managedBy } from '../ownership.ts';
import type { PodTemplate } from '../shapes.ts';

/**
 * A new pod of a manager. Source: pkg/controller/controller_utils.go GetPodFromTemplate.
 * @param name its name, or what a name is generated from
 */
export function podOfTemplate(
  template: PodTemplate,
  manager: { readonly kind: ResourceType; readonly object: KubeObject },
  name: Pick<ObjectMeta, 'name' | 'generateName'>,
): KubeObject & { spec: Record<string, unknown> } {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return structuredClone({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...name,
      ...(labels == null ? {} : { labels }),
      ...(annotations == null ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [managedBy(manager.kind, manager.object)],
    },
    spec: { ...template.spec },
  });
}
