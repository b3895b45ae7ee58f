import { stat } from 'node:fs/promises';
import type { PolicyObject } from '../rbac/index.ts';
import { manifestFiles, readManifests } from './read-manifests.ts';

/** Milliseconds between two looks. Looking is a stat a file; polling also sees what network and container volumes do not report. */
const EVERY_MS = 2_000;

export interface FollowManifestsDeps {
  /** Files and directories, as in the configuration. */
  readonly paths: readonly string[];
  /** Puts the objects in force, all of them or, by throwing, none. */
  apply(objects: readonly PolicyObject[]): void;
  readonly log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  readonly everyMs?: number;
}

export interface ManifestFollower {
  /** Looks now. Resolves with what came of it. */
  look(): Promise<'unchanged' | 'applied' | 'refused'>;
  /** Whether the files as they were last seen are in force. */
  upToDate(): boolean;
  close(): void;
}

/**
 * Puts the manifests in force and follows them.
 * @throws Error or ManifestsError when they can't be taken at the start: without a good policy there is none to keep
 */
export async function openManifests(deps: FollowManifestsDeps): Promise<ManifestFollower> {
  const seen = await fingerprint(deps.paths);
  deps.apply(await readManifests(deps.paths));
  return followManifests(seen, deps);
}

/**
 * Puts changed manifests in force without a restart. A change that can't be read wholly, or that is no policy, is refused
 * and said once; the last good policy stays in force.
 * @param seen what was in force at the start, from `fingerprint`
 */
export function followManifests(seen: string, deps: FollowManifestsDeps): ManifestFollower {
  let last = seen;
  let inForce = seen;
  let good = true;
  let busy: Promise<'unchanged' | 'applied' | 'refused'> | undefined;

  async function change(): Promise<'unchanged' | 'applied' | 'refused'> {
    let now = '';
    try {
      now = await fingerprint(deps.paths);
      good = now === inForce;
      if (now === last) return 'unchanged';
      const objects = await readManifests(deps.paths);
      deps.apply(objects);
      last = now;
      inForce = now;
      good = true;
      deps.log.info({ objects: objects.length }, 'policy manifests reloaded');
      return 'applied';
    } catch (error) {
      // Said once for each state of the files, not at every look.
      if (now !== last || now === '')
        deps.log.error({ err: error }, 'policy manifests not taken; the last good ones stay');
      if (now !== '') last = now;
      good = false;
      return 'refused';
    }
  }

  const look = () => {
    busy ??= change().finally(() => {
      busy = undefined;
    });
    return busy;
  };
  const timer = setInterval(() => void look(), deps.everyMs ?? EVERY_MS);
  timer.unref();
  return { look, upToDate: () => good, close: () => clearInterval(timer) };
}

/**
 * What tells one state of the files from another, without reading them.
 * @throws Error when a path can't be read
 */
export async function fingerprint(paths: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const path of paths) {
    for (const file of await manifestFiles(path, false)) {
      const { mtimeMs, size, ino } = await stat(file);
      parts.push(`${file}:${ino}:${size}:${mtimeMs}`);
    }
  }
  return parts.join('\n');
}
