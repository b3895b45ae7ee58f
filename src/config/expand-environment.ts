type Environment = Readonly<Record<string, string | undefined>>;

/** The places whose texts Dex expands: what tells a storage, a connector or a signer how to connect. */
const EXPANDED: readonly (readonly string[])[] = [
  ['storage', 'config'],
  ['connectors', '*', 'config'],
  ['signer', 'config'],
];

/** `$NAME` and `${NAME}` as Go's os.Expand reads them; a shell's special variables have one character. */
const REFERENCE = /\$(?:\{([*#$@!?\-0-9])\}|\{([^}]*)\}|(\{)|([*#$@!?\-0-9])|([A-Za-z_][A-Za-z0-9_]*))/g;

const OFF = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/**
 * Puts environment variables into the parts of a configuration that Dex puts them into; a variable that is not set is
 * empty, as in Dex. `DEX_EXPAND_ENV=false` switches it off.
 * Source: dexidp/dex cmd/dex/config.go (expandEnvInMap), pkg/featureflags.
 */
export function expandEnvironment(config: unknown, env: Environment): unknown {
  if (OFF.has(env['DEX_EXPAND_ENV'] ?? '')) return config;
  return EXPANDED.reduce((value, path) => expandAt(value, path, env), config);
}

function expandAt(value: unknown, [key, ...rest]: readonly string[], env: Environment): unknown {
  if (key === undefined) return expandAll(value, env);
  if (key === '*') return Array.isArray(value) ? value.map((item) => expandAt(item, rest, env)) : value;
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: expandAt(value[key], rest, env) };
}

function expandAll(value: unknown, env: Environment): unknown {
  if (typeof value === 'string') return expandText(value, env);
  if (Array.isArray(value)) return value.map((item) => expandAll(item, env));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expandAll(item, env)]));
}

function expandText(text: string, env: Environment): string {
  return text.replace(REFERENCE, (_all, special, braced, broken, single, name) =>
    broken === undefined ? (env[special ?? braced ?? single ?? name] ?? '') : '',
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
