import { text } from 'node:stream/consumers';
import { ManifestsError, scanManifestFiles } from '../../gateway/index.ts';
import { defaultPolicyObjects, type ManifestScan, scanManifests } from '../../rbac/index.ts';
import { UsageError } from '../command.ts';
import { keyOf, type SourcedObject } from './policy-source.ts';

export interface ManifestChoice {
  /** Files and directories; `-` is standard input. */
  readonly paths: readonly string[];
  readonly recursive: boolean;
  /** Says what a reader of the answer should know. */
  warn(message: string): void;
}

/**
 * The RBAC objects of manifests. Objects of other API groups are passed over, and counted in a warning: what a chart
 * or a kustomization renders holds all kinds. A later object replaces an earlier one of the same name, as applying does.
 * @throws UsageError that names every bad object with file and line, or the path that can't be read
 */
export async function readManifestObjects(choice: ManifestChoice): Promise<SourcedObject[]> {
  const objects = new Map<string, SourcedObject>();
  const otherKinds: string[] = [];
  for (const scan of await scanAll(choice)) {
    otherKinds.push(...scan.otherKinds);
    for (const { object, ...place } of scan.objects) {
      const key = keyOf(object);
      const earlier = objects.get(key)?.place;
      if (earlier !== undefined) {
        const { kind, metadata } = object;
        choice.warn(
          `${kind} "${metadata.name}" at ${place.file}:${place.line} replaces the one at ${earlier.file}:${earlier.line}`,
        );
      }
      objects.set(key, { object, source: 'manifests', place });
    }
  }
  if (otherKinds.length > 0) {
    const kinds = [...new Set(otherKinds)].sort().join(', ');
    choice.warn(
      `passed over ${otherKinds.length} ${otherKinds.length === 1 ? 'object that is' : 'objects that are'} not RBAC (${kinds})`,
    );
  }
  return [...objects.values()];
}

async function scanAll({ paths, recursive }: ManifestChoice): Promise<ManifestScan[]> {
  const options = { recursive, otherKinds: 'skip' } as const;
  const scans = await Promise.all(
    paths.map(async (path) =>
      path === '-'
        ? scanManifests(await text(process.stdin), 'standard input', options)
        : scanManifestFiles([path], options).catch((error: unknown) => {
            const { code = 'unknown error' } = error as NodeJS.ErrnoException;
            throw new UsageError(`cannot read ${path}: ${code}`);
          }),
    ),
  );
  const problems = scans.flatMap((scan) => scan.problems);
  if (problems.length > 0) throw new UsageError(new ManifestsError(problems).message);
  return scans;
}

/** Kubernetes' default roles and bindings, but for those that the objects define themselves. */
export function defaultsBeside(objects: readonly SourcedObject[]): SourcedObject[] {
  const own = new Set(objects.map(({ object }) => keyOf(object)));
  return defaultPolicyObjects()
    .filter((object) => !own.has(keyOf(object)))
    .map((object) => ({ object, source: 'defaults' }));
}
