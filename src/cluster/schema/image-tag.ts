const alphanumeric = '[a-z0-9]+';
const pathPart = `${alphanumeric}(?:(?:[._]|__|-+)${alphanumeric})*`;
const hostPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const host = `(?:${hostPart}(?:\\.${hostPart})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const algorithm = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*';
const reference = new RegExp(
  `^(?<name>(?:${host}/)?${pathPart}(?:/${pathPart})*)(?::(?<tag>\\w[\\w.-]{0,127}))?(?<digest>@${algorithm}:[0-9a-fA-F]{32,})?$`,
);
const longestName = 255;
/** A name that looks like an image's own hash. */
const identifier = /^[a-f0-9]{64}$/;

/**
 * The tag that an image's name means: `latest` without any, nothing beside a digest alone or where the name is none.
 * Source: pkg/util/parsers ParseImageName, distribution/reference.
 */
export function imageTag(image: string): string | undefined {
  if (identifier.test(image)) return undefined;
  const { name = '', tag, digest } = reference.exec(image)?.groups ?? {};
  if (name === '' || name.length > longestName) return undefined;
  return tag ?? (digest === undefined ? 'latest' : undefined);
}
