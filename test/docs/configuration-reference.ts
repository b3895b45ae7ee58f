import { z } from 'zod';
import { configSchema } from '../../src/config/schema/index.ts';
import { markdownTable } from './markdown-table.ts';

/** What `z.toJSONSchema` says of a key; `valueType` and `whenAbsent` are meta entries of src/config/schema. */
interface KeySchema {
  readonly description?: string;
  readonly valueType?: string;
  readonly whenAbsent?: string;
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly required?: readonly string[];
  readonly items?: KeySchema;
  readonly anyOf?: readonly KeySchema[];
  readonly oneOf?: readonly KeySchema[];
}

interface Key {
  readonly path: string;
  readonly schema: KeySchema;
  readonly required: boolean;
}

const INTRODUCTION = `<!-- Made from src/config/schema by test/docs/configuration-reference.ts; UPDATE_DOCS=1 npx vitest run --project unit test/docs -->

# Configuration

One YAML file, given with \`--config\`. Its keys are [Dex's](https://dexidp.io/docs/), and three of its own: [\`gateway\`](#gateway),
[\`accounts\`](#accounts) and [\`audit\`](#audit).
Every key is checked: an unknown one, a wrong type, a missing one is an error with file, line and column, and exit code 2.
\`sallyport validate --config FILE\` checks the file without starting; the files that it names are read at start.

- Changed \`staticClients\`, \`staticPasswords\` and \`connectors\`, and files that they name, count within two seconds, without a restart, and so
  do \`expiry\` (all but \`signingKeys\`), \`frontend\`, and of \`oauth2\` \`grantTypes\`, \`passwordConnector\` and
  \`dynamicClientRegistration\`. A file that cannot be used is reported in the log, and the last good one
  stays. All other keys are read at start; the log names those that have changed and wait for it.
- A changed \`expiry\` counts for what is issued from then on. What was issued before keeps its end; of refresh tokens,
  \`absoluteLifetime\` counts at their next use.
- **required** means: required where its parent is there.
- \`[]\` in a path stands for each entry of a list.
- A _duration_ is Go's: \`24h\`, \`1h30m\`, \`90s\`.
- _host:port_ is Go's: \`127.0.0.1:5556\`, \`[::1]:5556\`; \`:5556\` means every interface.
- File names in \`gateway\` and \`audit\` are relative to the configuration file, all others to the working directory, as Dex has it.
- \`${'$'}VARIABLE\` is expanded in \`config\` of \`storage\`, \`signer\` and \`connectors\`, as in Dex (\`DEX_EXPAND_ENV=false\` switches it off), and nowhere else. Secrets come
  from the environment by \`secretEnv\`, \`clientSecretEnv\`, \`idEnv\` and \`hashFromEnv\`, or from files by \`secretFile\`, \`clientSecretFile\` and \`hashFile\`.
`;

const AUTHENTICATION_CONFIGURATION = `## The AuthenticationConfiguration file

\`gateway.authenticationConfig\` names a file in
[Kubernetes' own format](https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration)
(\`apiserver.config.k8s.io/v1\`, \`v1beta1\` or \`v1alpha1\`), checked as strictly as kube-apiserver checks it. It may name several
issuers; the built-in one is the one whose \`url\` equals \`issuer\`. Its keys are at hand, those of all others are fetched from
\`discoveryURL\` or the issuer. CEL expressions are checked when the file is read; at a request they have
a bound on their work, and a token whose expression fails is refused.

A changed file counts within two seconds, without a restart. One that cannot be used is reported in the log, with the place and the
remedy, and the last good one stays.

Different from kube-apiserver:

${markdownTable([
  ['field', ''],
  ['`issuer.url`', 'may be `http` on `localhost`, `127.0.0.0/8` and `::1`'],
  ['`issuer.egressSelectorType`', 'refused'],
  ['`anonymous`', 'when absent, a request without credentials is a 401'],
])}
`;

/** The text of docs/reference/configuration.md. */
export function configurationReference(): string {
  const root = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as KeySchema;
  const sections = Object.entries(root.properties ?? {})
    .filter(([, schema]) => !isRefused(schema))
    .map(([name, schema]) => {
      const required = root.required?.includes(name) === true;
      const keys = [{ path: name, schema, required }, ...keysIn(schema, name)].filter(
        // An object that only holds others needs no line.
        (key) => key.schema.description !== undefined || childrenOf(key.schema).length === 0,
      );
      return `## ${name}\n\n${markdownTable([['key', 'type', 'default', 'meaning'], ...keys.map(row)])}\n`;
    });
  return [INTRODUCTION, ...sections, AUTHENTICATION_CONFIGURATION, refusedSection(root)].join('\n');
}

/** Every served key that lacks a description. */
export function undescribedKeys(): string[] {
  const root = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as KeySchema;
  return keysIn(root, '')
    .filter(({ schema }) => schema.description === undefined && schema.type !== 'object')
    .map(({ path }) => path);
}

/** A key that is known and refused has an empty schema. */
function isRefused(schema: KeySchema): boolean {
  return Object.keys(schema).length === 0;
}

/** The object schemas in a schema: itself, a list's entries, or the objects among alternatives. */
function childrenOf(schema: KeySchema): readonly KeySchema[] {
  if (schema.properties) return [schema];
  if (schema.items) return childrenOf(schema.items);
  return (schema.anyOf ?? schema.oneOf ?? []).flatMap(childrenOf);
}

function keysIn(schema: KeySchema, path: string): Key[] {
  const prefix = `${path}${schema.items ? '[]' : ''}${path === '' ? '' : '.'}`;
  const keys = new Map<string, Key>();
  for (const object of childrenOf(schema)) {
    for (const [name, child] of Object.entries(object.properties ?? {})) {
      if (isRefused(child)) continue;
      const required = object.required?.includes(name) === true;
      for (const key of [{ path: prefix + name, schema: child, required }, ...keysIn(child, prefix + name)]) {
        // Of two alternatives with the same key, the one that says more counts.
        if (keys.get(key.path)?.schema.description === undefined) keys.set(key.path, key);
      }
    }
  }
  return [...keys.values()];
}

function row({ path, schema, required }: Key): string[] {
  const fallback = required ? '**required**' : (schema.whenAbsent ?? defaultOf(schema));
  return [`\`${path}\``, typeOf(schema), fallback, schema.description ?? ''];
}

function typeOf(schema: KeySchema): string {
  if (schema.valueType) return schema.valueType;
  if (schema.const !== undefined) return typeof schema.const === 'string' ? 'string' : `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.items) return `list of ${typeOf(schema.items).replace(/^(object|string|URL)$/, '$1s')}`;
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return [...new Set(options.map((option) => typeOf(option)))].join(' or ');
  return schema.type ?? '';
}

function defaultOf(schema: KeySchema): string {
  const value = schema.default;
  if (value === undefined || value === '' || (typeof value === 'object' && !Array.isArray(value))) return '';
  return Array.isArray(value) ? (value.length === 0 ? 'none' : `\`${value.join(', ')}\``) : `\`${value}\``;
}

/** Asks the schema itself why it refuses a key, so that the words are those of the error. */
function refusedSection(root: KeySchema): string {
  const rows = refusedIn(root, []).map((path) => {
    const issues = configSchema.safeParse(nest(path)).error?.issues ?? [];
    const issue = issues.find((candidate) => candidate.path.join('.') === path.join('.'));
    const remedy = (issue?.message ?? '').replace('not served by this version: ', '');
    const shown = path.map((part) => (part === 0 ? '[]' : `.${part}`)).join('');
    return [`\`${shown.slice(1)}\``, remedy];
  });
  return `## Refused keys

Dex knows these and Sallyport does not serve them; nothing is ignored in silence.

${markdownTable([['key', 'why, and what to do'], ...rows])}
`;
}

type Path = readonly (string | 0)[];

function refusedIn(schema: KeySchema, path: Path): Path[] {
  const inside: Path = schema.items ? [...path, 0] : path;
  return childrenOf(schema).flatMap((object) =>
    Object.entries(object.properties ?? {}).flatMap(([name, child]) =>
      isRefused(child) ? [[...inside, name]] : refusedIn(child, [...inside, name]),
    ),
  );
}

function nest(path: Path): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return 'refused';
  return first === 0 ? [nest(rest)] : { [first]: nest(rest) };
}
