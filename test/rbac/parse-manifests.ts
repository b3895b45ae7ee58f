import { type PolicyObject, scanManifests } from '../../src/rbac/index.ts';

/**
 * All of the text, or nothing.
 * @throws ManifestError for the first problem
 */
export function parseManifests(text: string, fileName: string): PolicyObject[] {
  const { objects, problems } = scanManifests(text, fileName);
  const [first] = problems;
  if (first !== undefined) throw first;
  return objects.map(({ object }) => object);
}
