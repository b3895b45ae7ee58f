import { dns1123SubdomainErrors } from '../kube/index.ts';
import { type PolicyObject, suggest } from '../rbac/index.ts';
import { auditLogOption, readAuditLogs } from './audit-log.ts';
import { type Command, type CommandValues, exitCode, UsageError } from './command.ts';
import { listValue, switchValue, textValue } from './command-values.ts';
import { chooseOutput, jsonText, outputOptions, renderTable, type Table, yamlText } from './output/index.ts';
import { warn } from './policy-source/index.ts';
import { readSubject } from './read-subject.ts';
import { objectText, ruleText, subjectName } from './words.ts';

const DECISIONS = ['attempted', 'allowed', 'denied'] as const;

export const suggestCommand: Command = {
  name: 'suggest',
  summary: 'Write the least roles and bindings with which all requests of an audit log are allowed',
  usage: 'suggest --audit-log FILE... [--user NAME | --user sa:NAMESPACE/NAME]...',
  description: `Prints manifests to read and to apply. No rule has a wildcard. What members of system:masters did is left out: it tells
nothing of what they need.`,
  examples: [
    {
      comment: 'What does a service account need?',
      line: 'sallyport suggest --audit-log audit.log --user sa:dev/builder',
    },
    {
      comment: 'What was refused so far?',
      line: 'sallyport suggest --audit-log audit.log --decisions denied -o table',
    },
  ],
  options: {
    'audit-log': auditLogOption,
    user: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      description: 'Only for this user or service account (sa:NAMESPACE/NAME); may be repeated',
    },
    decisions: {
      type: 'string',
      value: 'WHICH',
      default: 'attempted',
      description: `Which requests count: ${DECISIONS.join(', ')}`,
    },
    'max-names': {
      type: 'string',
      value: 'N',
      description: 'Allow every name of a resource rather than list more than N',
    },
    'name-prefix': {
      type: 'string',
      value: 'TEXT',
      default: 'suggested',
      description: 'What the names of roles and bindings begin with',
    },
    superusers: { type: 'boolean', description: 'Also suggest for members of system:masters' },
    ...outputOptions({ fallback: 'yaml' }),
  },
  async run(values, host) {
    const output = chooseOutput(values);
    const files = listValue(values, 'audit-log');
    if (files.length === 0) throw new UsageError('say what was asked, with --audit-log FILE');
    const leftOut = new Map<string, number>();
    const options = {
      ...readOptions(values),
      leftOut: (_: unknown, why: string) => void leftOut.set(why, (leftOut.get(why) ?? 0) + 1),
    };
    const objects = suggest(await readAuditLogs(files), options);
    for (const [why, count] of leftOut)
      warn(host, `left out ${count === 1 ? '1 event' : `${count} events`}: ${why}`);
    if (objects.length === 0) warn(host, 'the log has no request that roles could be suggested for');
    const { format, headers } = output;
    if (format === 'json') host.stdout.write(jsonText({ apiVersion: 'v1', kind: 'List', items: objects }));
    else if (format === 'yaml') host.stdout.write(yamlText(...objects));
    else host.stdout.write(renderTable(tableOf(objects), { wide: format === 'wide', headers }));
    return exitCode.ok;
  },
};

function readOptions(values: CommandValues) {
  const decision = textValue(values, 'decisions') ?? 'attempted';
  const decisions = DECISIONS.find((known) => known === decision);
  if (decisions === undefined) {
    throw new UsageError(`--decisions takes ${DECISIONS.join(', ')}, not "${decision}"`);
  }
  const maxNames = textValue(values, 'max-names');
  if (maxNames !== undefined && !/^\d{1,9}$/.test(maxNames)) {
    throw new UsageError(`--max-names takes a number, not "${maxNames}"`);
  }
  const namePrefix = textValue(values, 'name-prefix') ?? 'suggested';
  if (dns1123SubdomainErrors(namePrefix).length > 0) {
    throw new UsageError(
      `--name-prefix must be what a name may begin with, such as app-1, not "${namePrefix}"`,
    );
  }
  const users = new Set(listValue(values, 'user').map(userName));
  return {
    decisions,
    maxNames: maxNames === undefined ? undefined : Number(maxNames),
    namePrefix,
    superusers: switchValue(values, 'superusers'),
    only: users.size === 0 ? undefined : (username: string) => users.has(username),
  };
}

function userName(text: string): string {
  const { kind, namespace, name } = readSubject(text);
  if (kind === 'Group') throw new UsageError(`--user takes a user or a service account, not "${text}"`);
  return kind === 'User' ? name : `system:serviceaccount:${namespace}:${name}`;
}

function tableOf(objects: readonly PolicyObject[]): Table {
  return {
    columns: [{ header: 'OBJECT' }, { header: 'CONTENT' }],
    rows: objects.flatMap((object) => {
      const name = objectText({
        kind: object.kind,
        namespace: object.metadata.namespace ?? '',
        name: object.metadata.name ?? '',
      });
      const contents =
        object.kind === 'Role' || object.kind === 'ClusterRole'
          ? (object.rules ?? []).map((rule) => ruleText(rule, { wide: true }))
          : (object.subjects ?? []).map(
              (subject) => `${subject.kind} ${subjectName(subject)} gets ${objectText(object.roleRef)}`,
            );
      return contents.map((content) => [name, content]);
    }),
  };
}
