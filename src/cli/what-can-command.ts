import {
  type Grant,
  type PathRow,
  type ResourceRow,
  type WhatCan,
  type WhatCanSubject,
  whatCan,
} from '../rbac/index.ts';
import { type Command, exitCode } from './command.ts';
import { listValue, switchValue, textValue } from './command-values.ts';
import { chooseOutput, outputOptions, type Result, renderResult } from './output/index.ts';
import { compilePolicy, sourceOptions, usingSource, warn } from './policy-source/index.ts';
import { resourceText } from './question.ts';
import { readSubject } from './read-subject.ts';
import { listText, objectText } from './words.ts';

export const whatCanCommand: Command = {
  name: 'what-can',
  summary: 'List everything that a subject may do, in every namespace',
  usage: 'what-can user:NAME | group:NAME | sa:NAMESPACE/NAME | NAME',
  description: `A bare name is a user. Bindings know no memberships: name the groups of a user with --group, or ask about the group.`,
  examples: [
    { comment: 'What may the group developers do?', line: 'sallyport what-can group:developers' },
    {
      comment: 'What may jane do in dev, as herself and through her group?',
      line: 'sallyport what-can jane --group developers -n dev',
    },
    {
      comment: 'What may a service account do, and through which bindings?',
      line: 'sallyport what-can sa:dev/builder -o wide',
    },
  ],
  options: {
    group: {
      type: 'string',
      multiple: true,
      short: 'g',
      value: 'NAME',
      description: 'A group whose rights count too; may be repeated',
    },
    authenticated: {
      type: 'boolean',
      description: 'Count the groups that Kubernetes adds, such as system:authenticated',
    },
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAME',
      description: 'Only what holds in this namespace',
    },
    ...sourceOptions,
    ...outputOptions(),
  },
  words: { least: 1, most: 1 },
  async run(values, host, [text = '']) {
    const output = chooseOutput(values);
    const subject = { ...readSubject(text), groups: listValue(values, 'group') };
    const namespace = textValue(values, 'namespace');
    return usingSource(values, host, async (source) => {
      const answer = whatCan(compilePolicy(await source.objects()), subject, {
        authenticated: switchValue(values, 'authenticated'),
        namespace,
      });
      if (answer.superuser)
        warn(host, 'members of system:masters may do everything, whatever the bindings say');
      for (const binding of answer.dangling)
        warn(host, `${objectText(binding)} refers to a role that does not exist`);
      host.stdout.write(renderResult(resultOf(subject, answer), output));
      return exitCode.ok;
    });
  },
};

function resultOf(subject: WhatCanSubject, { superuser, rows, paths, dangling }: WhatCan): Result {
  return {
    kind: 'WhatCanResult',
    body: { subject, superuser, resources: rows, paths, danglingBindings: dangling },
    human: {
      columns: [
        { header: 'NAMESPACE' },
        { header: 'RESOURCE' },
        { header: 'NAMES' },
        { header: 'VERBS' },
        { header: 'THROUGH', wide: true },
      ],
      rows: [...rows.map(resourceCells), ...paths.map(pathCells)],
    },
    whenEmpty: `No binding allows ${subject.kind} "${subject.name}" anything.`,
  };
}

function resourceCells({ namespace, resourceNames, verbs, grants, ...target }: ResourceRow): string[] {
  return [
    namespace,
    resourceText(target),
    resourceNames.length === 0 ? '*' : listText(resourceNames),
    listText(verbs),
    throughText(grants),
  ];
}

function pathCells({ path, verbs, grants }: PathRow): string[] {
  return ['*', path, '', listText(verbs), throughText(grants)];
}

function throughText(grants: readonly Grant[]): string {
  const ways = grants.map(({ binding, role }) => `${objectText(binding)} (${objectText(role)})`);
  return listText([...new Set(ways)]);
}
