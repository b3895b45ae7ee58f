import { parseAllDocuments } from 'yaml';
import type { Manifests, TestCluster } from './entry.d.ts';
import { createResourcePaths } from './resource-paths.ts';

type Request = TestCluster['request'];
type Fields = Record<string, unknown>;

const CRD = 'CustomResourceDefinition';
const MANAGER = 'fieldManager=sallyport-testing&force=true';

/**
 * Server-side apply, one object after the other.
 * @throws Error with the API's own message, and which object it is about
 */
export async function applyManifests(request: Request, manifests: Manifests): Promise<Fields[]> {
  const pathOf = createResourcePaths(request);
  const applied: Fields[] = [];
  for (const object of objectsOf(manifests)) {
    const path = await pathOf(object);
    const { status, body } = await request('PATCH', `${path}?${MANAGER}`, object, {
      'content-type': 'application/apply-patch+yaml',
    });
    if (status >= 300) throw new Error(`${object['kind']} ${path}: ${body?.message ?? status}`);
    applied.push(object['kind'] === CRD ? await established(request, path) : body);
  }
  return applied;
}

/** @throws Error for a text that is no YAML, or a document that is no object */
function objectsOf(manifests: Manifests): Fields[] {
  const values =
    typeof manifests === 'string'
      ? documentsOf(manifests)
      : Array.isArray(manifests)
        ? manifests
        : [manifests];
  return values.flatMap((value: unknown) => {
    if (value === null || value === undefined) return [];
    if (typeof value !== 'object' || Array.isArray(value)) throw new Error('a manifest is no object');
    const { kind, items } = value as Fields;
    return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)
      ? objectsOf(items)
      : [value as Fields];
  });
}

function documentsOf(manifests: string): unknown[] {
  return parseAllDocuments(manifests).map((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    return document.toJS() as unknown;
  });
}

const PATIENCE_MS = 10_000;

/** The definition once its kind is served. */
async function established(request: Request, path: string): Promise<Fields> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const { body } = await request('GET', path);
    const conditions: { type: string; status: string }[] = body.status?.conditions ?? [];
    if (conditions.some(({ type, status }) => type === 'Established' && status === 'True')) return body;
    if (performance.now() > until)
      throw new Error(`${path}: its kind was not served within ${PATIENCE_MS} ms`);
    await new Promise((again) => setTimeout(again, 5));
  }
}
