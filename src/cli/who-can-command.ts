import { type Grant, type WhoCan, whoCan } from '../rbac/index.ts';
import { API_VERBS } from './api-verbs.ts';
import { type Command, exitCode } from './command.ts';
import { switchValue } from './command-values.ts';
import { chooseOutput, outputOptions, type Result, renderResult } from './output/index.ts';
import { compilePolicy, sourceOptions, usingSource } from './policy-source/index.ts';
import { type Question, questionText } from './question.ts';
import { questionOptions, readQuestion } from './read-question.ts';
import { objectText, ruleText, subjectName } from './words.ts';

export const whoCanCommand: Command = {
  name: 'who-can',
  summary: 'List the subjects that may do something, and through what',
  usage: 'who-can VERB TYPE[.GROUP][/NAME] | VERB /URL',
  description: `Every subject that a binding allows the request, one line for each way. Members of system:masters may always, and are
in no binding's list.`,
  examples: [
    { comment: 'Who may read secrets in the namespace dev?', line: 'sallyport who-can get secrets -n dev' },
    {
      comment: 'Who may open a shell in any pod, anywhere?',
      line: 'sallyport who-can create pods --subresource exec -A',
    },
    {
      comment: 'Who would, if these manifests were all there is?',
      line: 'sallyport who-can get pods/web -f config/demo/lecture',
    },
  ],
  options: { ...questionOptions, ...sourceOptions, ...outputOptions() },
  words: { least: 2, most: 2, first: API_VERBS },
  async run(values, host, words) {
    const output = chooseOutput(values);
    return usingSource(values, host, async (source) => {
      const question = await readQuestion({ words, values, source, host, clusterScoped: 'cluster' });
      const everywhere = switchValue(values, 'all-namespaces');
      const asked = everywhere && !('path' in question) ? { ...question, namespace: '*' } : question;
      const answer = whoCan(compilePolicy(await source.objects()), asked);
      host.stdout.write(renderResult(resultOf(asked, answer), output));
      return exitCode.ok;
    });
  },
};

function resultOf(question: Question, { subjects, superusers }: WhoCan): Result {
  return {
    kind: 'WhoCanResult',
    body: { request: question, subjects, superusers },
    human: {
      columns: [
        { header: 'KIND' },
        { header: 'NAME' },
        { header: 'WHERE' },
        { header: 'ROLE' },
        { header: 'BINDING' },
        { header: 'RULE', wide: true },
        { header: 'SOURCE', wide: true },
      ],
      rows: subjects.flatMap(({ subject, grants }) =>
        grants.map((grant) => [subject.kind, subjectName(subject), ...grantCells(grant)]),
      ),
    },
    whenEmpty: `Nobody can ${questionText(question)}, but for members of system:masters.`,
  };
}

function grantCells({ binding, role, rule, ruleIndex }: Grant): string[] {
  return [
    binding.namespace === '' ? '*' : binding.namespace,
    objectText({ kind: role.kind, name: role.name }),
    objectText({ kind: binding.kind, name: binding.name }),
    `${ruleIndex}: ${ruleText(rule, { wide: true })}`,
    binding.source,
  ];
}
