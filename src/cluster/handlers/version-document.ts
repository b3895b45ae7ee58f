import { arch, platform, versions } from 'node:process';
import type { ClusterVersion } from '../cluster-deps.ts';

/** What `/version` says. Source: apimachinery/pkg/version/types.go. */
export function versionDocument({ major, minor, gitVersion }: ClusterVersion): object {
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    // Objects may be kept as the version before would keep them.
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    // Clients show these and decide nothing by them.
    goVersion: `node${versions.node}`,
    compiler: 'v8',
    platform: `${platform}/${arch}`,
  };
}
