import { createGatewayMetrics } from '../../src/gateway/index.ts';
import { createIdentityMetrics } from '../../src/identity/index.ts';
import { createAccessRequestMetrics } from '../../src/server/access-request-metrics.ts';
import { createConversionMetrics } from '../../src/server/conversion-metrics.ts';
import { createIdentityAuditMetrics } from '../../src/server/identity-audit-metrics.ts';
import { createStoreMetrics } from '../../src/server/store-metrics.ts';
import { type FamilyInfo, Registry } from '../../src/telemetry/index.ts';
import { markdownTable } from './markdown-table.ts';

const INTRODUCTION = `<!-- Made from the metrics themselves by test/docs/metrics-reference.ts; UPDATE_DOCS=1 npx vitest run --project unit test/docs -->

# Metrics

Served as \`/metrics\` in Prometheus' text format where [\`telemetry.http\`](configuration.md#telemetry) says;
[how to scrape them](../how-to/monitor.md). Names that kube-apiserver or Prometheus' client libraries have are theirs, so that
dashboards made for them fit; the others begin with \`sallyport_\`.

No label names a person, a token, an object or an address; admission webhooks have their names. A resource counts under its own name only once a request for it was
allowed and answered with less than 400; before, and for every path that nobody serves, \`group\`, \`version\`, \`resource\` and
\`subresource\` are empty. At most 500 resources have a name; a metric that has 10 000 label sets (a histogram: 2 000) counts
further ones under \`overflow\`.
`;

/** The text of docs/reference/metrics.md. */
export function metricsReference(): string {
  const families = allFamilies();
  const section = (title: string, pattern: RegExp) => {
    const listed = families.filter(({ name }) => pattern.test(name) && !LINUX_ONLY.includes(name));
    const rows = listed.map(row);
    return `## ${title}\n\n${markdownTable([['name', 'type', 'labels', 'meaning'], ...rows])}\n`;
  };
  return [
    INTRODUCTION,
    section('Gateway', GATEWAY),
    `\`cluster\` is the name of one of [several clusters](../how-to/several-clusters.md); it is empty, which Prometheus takes for absent, for
the one without a name. Labels of the requests: \`verb\` is kube-apiserver's (\`GET\`, \`LIST\`, \`WATCH\`, \`POST\`, \`PUT\`, \`PATCH\`, \`APPLY\`, \`DELETE\`,
\`CONNECT\`, \`other\`), \`scope\` is \`resource\` (one object), \`namespace\`, \`cluster\`, or empty for what is no resource.
`,
    section('Identity provider', IDENTITY),
    section('Storage', STORE),
    section('Process', PROCESS),
    `On Linux, also: ${LINUX_ONLY.map((name) => `\`${name}\``).join(', ')}.
`,
  ].join('\n');
}

/** prom-client's, where there is /proc. Not in the table, so that it is the same wherever it is made. */
const LINUX_ONLY = [
  'process_heap_bytes',
  'process_max_fds',
  'process_open_fds',
  'process_virtual_memory_bytes',
];
const PROCESS = /^(process_|nodejs_|sallyport_build_info$)/;
const IDENTITY = /^sallyport_identity_/;
const STORE = /^sallyport_store_/;
const GATEWAY = /^(?!process_|nodejs_|sallyport_(?:build_info$|identity_|store_))/;

function allFamilies(): readonly FamilyInfo[] {
  const registry = new Registry();
  createGatewayMetrics(registry, () => 0).of(undefined, 'RBAC');
  createIdentityMetrics({ registry, base: '', now: () => 0 });
  createStoreMetrics(registry);
  createAccessRequestMetrics(registry);
  createConversionMetrics(registry);
  createIdentityAuditMetrics(registry);
  registry.watchProcess('');
  return [...registry.families()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function row({ name, type, labelNames, help }: FamilyInfo): string[] {
  return [`\`${name}\``, type, labelNames.map((label) => `\`${label}\``).join(', '), help];
}
