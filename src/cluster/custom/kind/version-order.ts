/** A version's rank, most preferred last: GA before beta before alpha, then by number; others by name. */
function parse(version: string): readonly number[] | undefined {
  const [, major = '', stage, minor = '0'] = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version) ?? [];
  if (major === '') return undefined;
  return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)];
}

/**
 * Orders versions, the most preferred first. Source: apimachinery/pkg/version CompareKubeAwareVersionStrings.
 * @returns negative when a comes before b
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parse(a), parse(b)];
  if (x === undefined || y === undefined) {
    if (x === undefined && y === undefined) return a < b ? -1 : a > b ? 1 : 0;
    return x === undefined ? 1 : -1;
  }
  const index = x.findIndex((part, position) => part !== y[position]);
  return index < 0 ? 0 : (y[index] ?? 0) - (x[index] ?? 0);
}
