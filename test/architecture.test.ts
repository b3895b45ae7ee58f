import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/**
 * Which folder may import which: arrows point down only. `main`, `server`, `version`, `environment-name`, `exit-code`, `redirect-uri`, `start-error` and `package-root` are single files
 * of src/; `views` stands beside it.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'server'],
  testing: ['kubeconfig', 'server'],
  server: [
    'access-requests',
    'admin',
    'audit-log',
    'cli',
    'cluster',
    'config',
    'gateway',
    'http',
    'identity',
    'kube',
    'kubeconfig',
    'portal',
    'rbac',
    'start-error',
    'store',
    'telemetry',
    'version',
  ],
  cli: [
    'cluster',
    'config',
    'environment-name',
    'exit-code',
    'gateway',
    'identity',
    'kube',
    'kubeconfig',
    'netpol',
    'package-root',
    'plugin',
    'rbac',
    'start-error',
    'telemetry',
    'version',
  ],
  admin: ['access-requests', 'cluster', 'config', 'http', 'identity', 'kube'],
  portal: ['access-requests', 'gateway', 'http', 'identity', 'kube', 'plugin', 'rbac', 'views'],
  'access-requests': ['kube', 'kubeconfig', 'rbac', 'store'],
  gateway: ['audit-log', 'cel', 'certificates', 'http', 'jwt', 'kube', 'kubeconfig', 'rbac'],
  identity: ['audit-log', 'cel', 'config', 'http', 'jwt', 'redirect-uri', 'store', 'telemetry', 'views'],
  'audit-log': ['kubeconfig'],
  cluster: ['cel', 'certificates', 'http', 'kube', 'package-root', 'store'],
  plugin: ['certificates', 'environment-name', 'exit-code', 'package-root', 'version'],
  certificates: [],
  http: ['kube', 'views'],
  config: ['cel', 'redirect-uri', 'start-error'],
  netpol: ['kube'],
  rbac: ['kube'],
  cel: [],
  jwt: ['http'],
  views: ['package-root'],
  telemetry: [],
  store: [],
  kube: [],
  kubeconfig: ['kube'],
  version: [],
  'environment-name': [],
  'exit-code': [],
  'redirect-uri': [],
  'start-error': [],
  'package-root': [],
};

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly file: string;
  readonly specifier: string;
}

const files = globSync(['src/**/*.ts', 'views/**/*.ts'], { cwd: ROOT });
const arrows = files.flatMap(arrowsOf);

function arrowsOf(file: string): Arrow[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.map((specifier) => {
    const target = relative(ROOT, resolve(ROOT, dirname(file), specifier));
    return { from: moduleOf(file), to: moduleOf(target), file, specifier };
  });
}

/** src/gateway/pipeline.ts → gateway, src/main.ts → main, views/login.ts → views */
function moduleOf(file: string): string {
  const [top, second = ''] = file.split('/');
  return top === 'src' ? second.replace(/\.ts$/, '') : (top ?? '');
}

describe('the dependency table', () => {
  it('knows every module', () => {
    const modules = new Set(files.map(moduleOf));
    expect([...modules].filter((name) => !(name in ALLOWED))).toEqual([]);
  });

  it('is of folders that have a row each in docs/architecture.md', () => {
    const rows = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8').match(/^\| `.*?` +\|/gm) ?? [];
    const folders = new Set(files.filter((file) => !/^src\/[^/]+$/.test(file)).map(moduleOf));
    const places = [...folders].map((name) => (name === 'views' ? '`views/`' : `\`src/${name}/\``));
    expect(places.filter((place) => !rows.some((row) => row.includes(place)))).toEqual([]);
  });

  it('holds for every import', () => {
    const broken = arrows
      .filter(({ from, to }) => from !== to && to !== 'package.json' && !ALLOWED[from]?.includes(to))
      .map(({ file, specifier }) => `${file} must not import ${specifier}`);
    expect(broken).toEqual([]);
  });

  it('lets modules meet through their index only', () => {
    const deep = arrows
      .filter(({ from, to, specifier }) => from !== to && specifier.split('/').at(-1) !== 'index.ts')
      .filter(
        ({ to }) =>
          ![
            'version',
            'environment-name',
            'exit-code',
            'redirect-uri',
            'start-error',
            'package-root',
            'server',
            'package.json',
          ].includes(to),
      )
      .map(({ file, specifier }) => `${file} imports ${specifier}`);
    expect(deep).toEqual([]);
  });

  it('T16: keeps oidc-provider in identity/provider and its internals in one file', () => {
    const importers = files.filter((file) =>
      /from 'oidc-provider/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(importers.filter((file) => !file.startsWith('src/identity/'))).toEqual([]);
    const deep = files.filter((file) => /'oidc-provider\/lib/.test(readFileSync(join(ROOT, file), 'utf8')));
    // The declaration file types what internals.ts imports.
    const internals = [
      'src/identity/provider/internals.ts',
      'src/identity/provider/oidc-provider-internals.d.ts',
    ];
    expect(deep.filter((file) => !internals.includes(file))).toEqual([]);
  });

  it('keeps rbac, kube and cel free of input, output and clocks', () => {
    const impure = files
      .filter((file) => /^src\/(rbac|kube|cel)\//.test(file))
      .filter((file) => {
        // A digest is a pure function; the rest of node:crypto draws on the machine.
        const text = readFileSync(join(ROOT, file), 'utf8').replace(
          "import { createHash } from 'node:crypto';",
          '',
        );
        return /from 'node:(?!buffer)|Date\.now|new Date\(\)|process\./.test(text);
      });
    expect(impure).toEqual([]);
  });
});
