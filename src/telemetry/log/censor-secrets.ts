/** Should anything ever hand such a field to the log, its value does not reach the stream. */
const SECRETS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'token',
  'password',
  'secret',
  'code',
  'id_token',
  'refresh_token',
]);

type Fields = Record<string, unknown>;

/** The same for the fields that a child log adds to all its lines; pino knows them by their names only. */
export const hideSecrets: Readonly<Record<string, () => string>> = Object.fromEntries(
  [...SECRETS].map((name) => [name, () => '[redacted]']),
);

/** The fields without secrets, at the first and second depth; the same object where there are none, as always. */
export function censorSecrets(fields: Fields): Fields {
  let censored: Fields | undefined;
  for (const name in fields) {
    const value = fields[name];
    const shown = SECRETS.has(name) ? '[redacted]' : censorWithin(value);
    if (shown === value) continue;
    censored ??= { ...fields };
    censored[name] = shown;
  }
  return censored ?? fields;
}

function censorWithin(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  for (const name in value)
    if (SECRETS.has(name))
      return Object.fromEntries(
        Object.entries(value).map(([key, held]) => [key, SECRETS.has(key) ? '[redacted]' : held]),
      );
  return value;
}
