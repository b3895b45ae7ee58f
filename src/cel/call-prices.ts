const prices: ReadonlyMap<string, number> = new Map([
  ...['url', 'isURL'].map((name) => [name, 30] as const),
  ...['ip', 'isIP', 'ip.isCanonical', 'cidr', 'isCIDR'].map((name) => [name, 15] as const),
  ...['containsIP', 'containsCIDR', 'masked', 'family', 'prefixLength'].map((name) => [name, 15] as const),
  ...['isUnspecified', 'isLoopback', 'isGlobalUnicast'].map((name) => [name, 15] as const),
  ...['isLinkLocalMulticast', 'isLinkLocalUnicast'].map((name) => [name, 15] as const),
  ...['semver', 'isSemver', 'quantity', 'isQuantity'].map((name) => [name, 10] as const),
  ...['duration', 'timestamp', 'string', 'double'].map((name) => [name, 8] as const),
  ...['matches', 'find', 'findAll'].map((name) => [name, 5] as const),
]);

/** What calling a function costs beside its arguments' sizes, in steps: some take long, however short those are. */
export function priceOf(name: string): number {
  return prices.get(name) ?? 0;
}
