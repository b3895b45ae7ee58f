/** What all pages about rights understand: which cluster, and with whose eyes. */
const KEPT = ['cluster', 'as', 'groups'] as const;

export function keptQuery(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams(
    KEPT.flatMap((name) => {
      const value = query.get(name);
      return value === null || value === '' ? [] : [[name, value] as [string, string]];
    }),
  );
}

/** An address with a query, changed in some parameters; '' takes one away. */
export function addressWith(
  address: string,
  query: URLSearchParams,
  changed: Readonly<Record<string, string>>,
): string {
  const [path = '', own = ''] = address.split('?', 2);
  const next = new URLSearchParams(own);
  for (const [name, value] of query) if (!next.has(name)) next.set(name, value);
  for (const [name, value] of Object.entries(changed)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === '' ? path : `${path}?${text}`;
}
