import { type ChangedRight, diffPolicies, type Right, type SubjectChange } from '../rbac/index.ts';
import { type Command, exitCode, UsageError } from './command.ts';
import { listValue, switchValue } from './command-values.ts';
import { chooseOutput, outputOptions, type Result, renderResult } from './output/index.ts';
import {
  applyManifests,
  compilePolicy,
  openPolicySource,
  readManifestObjects,
  sourceChoice,
  sourceOptions,
  warn,
} from './policy-source/index.ts';
import { resourceText } from './question.ts';
import { listText, subjectName } from './words.ts';

export const diffCommand: Command = {
  name: 'diff',
  summary: 'Say who gains and who loses what if manifests are applied',
  usage: 'diff -f NEW... [--against OLD... | --context NAME]',
  description: `Compares what is allowed, not how it is written: applies the manifests of -f to the current policy in thought, and prints
each right that a subject gains or loses through any role or binding. Current is the server, or with --against other
manifests.`,
  examples: [
    { comment: 'What would change on the server?', line: 'sallyport diff -f new-rbac/' },
    {
      comment: 'What does a change to the manifests mean? (in a merge request, without a server)',
      line: 'sallyport diff --against old/rbac -f new/rbac --prune',
    },
  ],
  options: {
    ...sourceOptions,
    filename: {
      type: 'string',
      multiple: true,
      short: 'f',
      value: 'FILE|DIR',
      description: 'The new manifests (- is standard input); may be repeated',
    },
    against: {
      type: 'string',
      multiple: true,
      value: 'FILE|DIR',
      description: 'The current manifests, instead of the server; may be repeated',
    },
    prune: {
      type: 'boolean',
      description: "Also remove what the new manifests do not have, but for Kubernetes' own objects",
    },
    ...outputOptions(),
  },
  async run(values, host) {
    const output = chooseOutput(values);
    const paths = listValue(values, 'filename');
    if (paths.length === 0) throw new UsageError('say what is new, with -f FILE');
    const source = await openPolicySource(sourceChoice(values, 'against'), host);
    try {
      const recursive = switchValue(values, 'recursive');
      const [current, added] = await Promise.all([
        source.objects(),
        readManifestObjects({ paths, recursive, warn: (message) => warn(host, message) }),
      ]);
      const next = applyManifests(current, added, {
        prune: switchValue(values, 'prune'),
        source: source.server === undefined ? 'manifests' : 'cluster',
      });
      const changes = diffPolicies(compilePolicy(current), compilePolicy(next));
      host.stdout.write(renderResult(resultOf(changes), output));
      return exitCode.ok;
    } finally {
      await source.close();
    }
  },
};

function resultOf(changes: readonly SubjectChange[]): Result {
  return {
    kind: 'DiffResult',
    body: { changes },
    human: {
      columns: ['CHANGE', 'KIND', 'NAME', 'WHERE', 'RESOURCE', 'NAMES', 'VERBS'].map((header) => ({
        header,
      })),
      rows: changes.flatMap((change) => [
        ...change.gains.map((right) => ['gains', ...cells(change, right)]),
        ...change.losses.map((right) => ['loses', ...cells(change, right)]),
      ]),
    },
    whenEmpty: 'Nobody gains or loses anything.',
  };
}

function cells({ subject }: SubjectChange, { except = [], ...right }: ChangedRight): string[] {
  const kept = except.length === 0 ? '' : ` (but for ${except.map(rightText).join('; ')})`;
  const who = [subject.kind, subjectName(subject)];
  if ('path' in right) return [...who, '*', right.path, '', `${listText(right.verbs)}${kept}`];
  const { namespaces, resourceName, verbs } = right;
  return [
    ...who,
    listText(namespaces),
    resourceText(right),
    resourceName ?? '*',
    `${listText(verbs)}${kept}`,
  ];
}

function rightText(right: Right): string {
  if ('path' in right) return `${listText(right.verbs)} ${right.path}`;
  const { namespaces, resourceName, verbs } = right;
  const name = resourceName === undefined ? '' : `/${resourceName}`;
  return `${listText(verbs)} ${resourceText(right)}${name} in ${listText(namespaces)}`;
}
