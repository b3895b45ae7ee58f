/** One of the media types that a client takes. */
export interface AcceptClause {
  /** In lower case. */
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** 0 to 1. */
  readonly quality: number;
}

/** The clauses of an Accept header that the client takes at all, the best first. Source: RFC 9110, section 12.5.1. */
export function acceptClauses(accept: string): readonly AcceptClause[] {
  return accept
    .split(',')
    .map(parseClause)
    .filter((clause) => clause.quality > 0)
    .sort((a, b) => b.quality - a.quality);
}

function parseClause(text: string): AcceptClause {
  const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').replaceAll('"', '').trim()];
    }),
  );
  const quality = Number(parameters.get('q') ?? 1);
  return { mediaType: mediaType.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}
