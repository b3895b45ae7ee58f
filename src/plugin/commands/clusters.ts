import type { CommandSpec } from '../command-spec.ts';
import { exitCode } from '../exit.ts';
import { outputFlagSpec, targetFlags, trustFlags } from '../flag-specs.ts';
import type { Invocation } from '../invocation.ts';
import { readContexts, sameServer } from '../kubeconfig/read-context.ts';
import { usePortal } from '../kubeconfig/use-portal.ts';
import { outputFormat, printResult } from '../print-result.ts';
import { resolveTarget } from '../target.ts';

export const clustersCommand: CommandSpec = {
  group: 'clusters',
  summary: "List the portal's clusters",
  description:
    "List the clusters of the portal, and which context of the kubeconfig leads to each; without URL, of the current context's.",
  examples: [
    ['Where can I go?', 'clusters'],
    ['Of a portal that is not in the kubeconfig yet', 'clusters https://sso.example.com'],
    ['The addresses, too', 'clusters -o wide'],
  ],
  flags: {
    ...targetFlags,
    ...trustFlags,
    output: {
      ...outputFlagSpec,
      values: ['json', 'yaml', 'wide', 'name'],
      help: 'Output format. One of: (json, yaml, wide, name)',
    },
  },
  operands: { usage: '[URL]', most: 1 },
  run: runClusters,
};

async function runClusters({ flags, operands, deps }: Invocation): Promise<number> {
  const format = outputFormat(flags, ['json', 'yaml', 'wide', 'name']);
  const url = operands[0] ?? (await resolveTarget(flags, deps)).issuer;
  const { portal } = await usePortal(url, flags, deps);
  const { current, all } = await readContexts(flags, deps);
  const clusters = portal.clusters.map(({ name, server }) => {
    const contexts = all.filter((entry) => sameServer(entry, server)).map((entry) => entry.name);
    return { name, server, contexts, current: current !== undefined && contexts.includes(current) };
  });
  const result = {
    kind: 'ClusterList',
    body: { issuer: portal.issuer, items: clusters },
    columns: [
      { header: 'CURRENT' },
      { header: 'NAME' },
      { header: 'CONTEXT' },
      { header: 'SERVER', wide: true as const },
    ],
    rows: clusters.map(({ name, server, contexts, current: isCurrent }) => [
      isCurrent ? '*' : ' ',
      name,
      contexts.join(','),
      server,
    ]),
    names: clusters.map(({ name }) => `cluster/${name}`),
  };
  printResult(result, format, deps);
  return exitCode.ok;
}
