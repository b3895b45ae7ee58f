import { createHash } from 'node:crypto';
import { yamlText } from '../../http/index.ts';
import { noneOfMediaTypes, notAcceptable } from '../../kube/index.ts';
import type { ResourceTable, ServedGroupVersion } from '../resources/index.ts';
import { aggregatedGroups, type DiscoveryVersion } from './aggregated-groups.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy-documents.ts';
import { negotiateDiscovery } from './negotiate-discovery.ts';

export interface DiscoveryDocument {
  readonly contentType: string;
  readonly isYaml: boolean;
  readonly body: string;
  /** Quoted strong ETag; the caller answers 304 on If-None-Match. */
  readonly etag: string;
}

type Forms = Readonly<Record<'legacy', Kept> & Partial<Record<DiscoveryVersion, Kept>>>;
/** Each form is kept as JSON. */
type Kept = Omit<DiscoveryDocument, 'isYaml'>;

/** Made at the first request after a change of what is served. */
const documents = new WeakMap<ResourceTable, ReadonlyMap<string, Forms>>();

const media = ['application/json', 'application/yaml'];

/**
 * The discovery document of a path without trailing slash (`/api`, `/apis`, `/api/v1`, `/apis/<g>`, `/apis/<g>/<v>`).
 * `accept` is the raw Accept header; only `/api` and `/apis` have an aggregated form. Undefined: no such document.
 * Throws StatusError 406 when the client takes none of its forms.
 */
export function discoveryDocument(
  table: ResourceTable,
  path: string,
  accept: string | undefined,
): DiscoveryDocument | undefined {
  const all = documents.get(table) ?? build(table);
  documents.set(table, all);
  const forms = all.get(path);
  if (forms === undefined) return undefined;
  const form = negotiateDiscovery(accept, forms.v2 !== undefined);
  const kept = form && forms[form.version];
  if (kept === undefined) throw isOfGroups(path) ? noneOfMediaTypes(media) : notAcceptable(media);
  if (!form?.isYaml) return { ...kept, isYaml: false };
  const contentType = kept.contentType.replace('application/json', 'application/yaml');
  return { ...kept, contentType, body: yamlText(JSON.parse(kept.body)), isYaml: true };
}

/** Whether the path is the aggregator's own: of all groups or of one. It answers in its own way. */
export function isOfGroups(path: string): boolean {
  return /^\/apis(?:\/[^/]+)?$/.test(path);
}

function build({ groupVersions }: ResourceTable): ReadonlyMap<string, Forms> {
  const core = groupVersions.filter((served) => served.group === '');
  const named = groupVersions.filter((served) => served.group !== '');
  const all = new Map<string, Forms>();
  all.set('/api', { legacy: json(apiVersions(core)), ...aggregated(core) });
  all.set('/apis', { legacy: json(apiGroupList(named)), ...aggregated(named) });
  for (const served of groupVersions) all.set(`/${served.path}`, { legacy: json(apiResourceList(served)) });
  for (const [group, versions] of Map.groupBy(named, (served) => served.group)) {
    all.set(`/apis/${group}`, {
      legacy: json({ kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group, versions) }),
    });
  }
  return all;
}

function aggregated(served: readonly ServedGroupVersion[]): Omit<Forms, 'legacy'> {
  return { v2: aggregatedForm('v2', served), v2beta1: aggregatedForm('v2beta1', served) };
}

function aggregatedForm(version: DiscoveryVersion, served: readonly ServedGroupVersion[]): Kept {
  // The media type's parameters are how client-go tells the aggregated form from the legacy one.
  const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return json(aggregatedGroups(version, served), contentType);
}

function json(document: object, contentType = 'application/json'): Kept {
  const body = `${JSON.stringify(document)}\n`;
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
  return { contentType, body, etag };
}
