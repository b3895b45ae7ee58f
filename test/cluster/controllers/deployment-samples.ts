import type { Deployment } from '../../../src/cluster/controllers/shapes.ts';
import { podTemplate } from './support.ts';

export const labels = { app: 'web' };

export function deployment(spec: object = {}, image = 'nginx:1') {
  return {
    metadata: { name: 'web' },
    spec: { replicas: 3, selector: { matchLabels: labels }, template: podTemplate(image, labels), ...spec },
  };
}

export const withImage = (image: string) => (object: Deployment) => ({
  ...object,
  spec: { ...object.spec, template: podTemplate(image, labels) },
});
