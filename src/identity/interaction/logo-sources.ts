/** The origins of logos on other sites, which the pages' CSP must name. */
export function logoSources(logos: readonly (string | undefined)[], issuer: string): readonly string[] {
  const urls = logos.flatMap((logo) => (logo === undefined ? [] : (URL.parse(logo, issuer) ?? [])));
  const foreign = urls.filter(
    ({ protocol, origin }) => /^https?:$/.test(protocol) && origin !== new URL(issuer).origin,
  );
  return [...new Set(foreign.map(({ origin }) => origin))];
}
