import { pathSegmentNameErrors } from '../../kube/index.ts';

/**
 * The name of an object whose id comes from a file and may hold any character: the id itself where it can stand in a path
 * (apimachinery/pkg/api/validation/path), else its bytes after a mark.
 */
export function nameOf(id: string): string {
  return isUsable(id) ? id : MARK + Buffer.from(id).toString('base64url');
}

/** The id that a name stands for. */
export function idOf(name: string): string {
  if (!name.startsWith(MARK)) return name;
  const id = Buffer.from(name.slice(MARK.length), 'base64url').toString();
  // What looks like it and was not made of such an id is an id itself.
  return nameOf(id) === name ? id : name;
}

const MARK = 'encoded-';

function isUsable(id: string): boolean {
  return id !== '' && pathSegmentNameErrors(id).length === 0;
}
