import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openapiDocument, openapiIndex } from '../../../src/cluster/openapi/index.ts';
import { builtInTable } from '../../../src/cluster/resources/index.ts';

type RecordedPaths = Record<string, Record<string, [action: string | null, parameters: string[]]>>;
const corpus = new URL('../../corpus/cluster/openapi-paths.json.gz', import.meta.url);
const recorded = JSON.parse(gunzipSync(readFileSync(corpus)).toString()) as RecordedPaths;

interface Operation {
  parameters?: { name: string }[];
  requestBody?: { content: Record<string, object> };
  'x-kubernetes-action'?: string;
  'x-kubernetes-group-version-kind'?: object;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}
const parse = (path: string): Document => JSON.parse(openapiDocument(builtInTable, path)?.body ?? 'null');

describe('openapiIndex', () => {
  it('points to each served group version by its hash', () => {
    const { paths } = JSON.parse(openapiIndex(builtInTable).body);
    expect(Object.keys(paths)).toEqual(builtInTable.groupVersions.map((served) => served.path));
    for (const [path, entry] of Object.entries(paths as Record<string, { serverRelativeURL: string }>)) {
      expect(entry.serverRelativeURL).toBe(
        `/openapi/v3/${path}?hash=${openapiDocument(builtInTable, path)?.hash}`,
      );
      expect(openapiDocument(builtInTable, path)?.hash).toMatch(/^[0-9A-F]{128}$/);
    }
  });
});

describe('openapiDocument', () => {
  it('has none for what is not served', () => {
    expect(openapiDocument(builtInTable, 'apis/nope/v1')).toBeUndefined();
    expect(openapiDocument(builtInTable, '')).toBeUndefined();
  });

  it.each(builtInTable.groupVersions.map((served) => served.path))(
    'describes paths of %s as kube-apiserver does',
    (path) => {
      for (const [url, item] of Object.entries(parse(path).paths)) {
        expect(recorded, url).toHaveProperty([url]);
        for (const [method, operation] of Object.entries(item)) {
          if (method === 'parameters') continue;
          const [action, parameters] = recorded[url]?.[method] ?? [];
          expect(operation['x-kubernetes-action'] ?? null, `${method} ${url}`).toBe(action);
          const names = (operation.parameters ?? []).map((each) => each.name);
          expect(new Set(parameters).isSupersetOf(new Set(names)), `${method} ${url}`).toBe(true);
        }
      }
    },
  );

  it('marks PATCH with fieldValidation, without which kubectl refuses to apply', () => {
    for (const served of builtInTable.groupVersions) {
      for (const [url, item] of Object.entries(parse(served.path).paths)) {
        if (item['patch'] === undefined) continue;
        const names = (item['patch'].parameters ?? []).map((each) => each.name);
        expect(names, url).toEqual(expect.arrayContaining(['fieldValidation', 'dryRun', 'force']));
        expect(item['patch']['x-kubernetes-group-version-kind'], url).toMatchObject({
          kind: expect.any(String),
        });
      }
    }
  });

  it('says that a strategic merge patch is taken, without which kubectl asks for OpenAPI v2 at each apply', () => {
    const { paths } = parse('apis/apps/v1');
    const { patch } = paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']!;
    expect(Object.keys(patch?.requestBody?.content ?? {})).toEqual([
      'application/apply-patch+yaml',
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
    ]);
  });

  it('carries every schema that it refers to', () => {
    for (const served of builtInTable.groupVersions) {
      const { paths, components } = parse(served.path);
      const names = new Set(Object.keys(components.schemas));
      const references = JSON.stringify({ paths, components }).matchAll(
        /"\$ref":"#\/components\/schemas\/([^"]+)"/g,
      );
      for (const [, name] of references) expect(names, `${served.path} ${name}`).toContain(name);
      for (const type of served.types) expect(names).toContain(type.schema);
    }
  });
});
