import { relative, resolve } from 'node:path';
import { type Finding, lint, type ObjectName, SEVERITIES, type Severity, toSarif } from '../rbac/index.ts';
import { version } from '../version.ts';
import { type Command, exitCode, UsageError } from './command.ts';
import { textValue } from './command-values.ts';
import { lintKnowledge, lintKnowledgeOptions } from './lint-knowledge.ts';
import { chooseOutput, jsonText, outputOptions, type Result, renderResult } from './output/index.ts';
import {
  compilePolicy,
  type Place,
  placeKey,
  type SourcedObject,
  sourceOptions,
  usingSource,
} from './policy-source/index.ts';
import { objectText } from './words.ts';

export const lintCommand: Command = {
  name: 'lint',
  summary: 'Report risky, useless and mistaken grants',
  usage: 'lint [-f FILE|DIR]... [--fail-on SEVERITY]',
  description: `Exit code 1 when a finding is at least as severe as --fail-on. An object silences rules for itself with the annotation
sallyport.dev/lint-ignore: RULE,RULE.`,
  examples: [
    { comment: 'In CI, before anything is applied', line: 'sallyport lint -f rbac/ --fail-on medium' },
    { comment: 'For code scanning', line: 'sallyport lint -f rbac/ -o sarif > rbac.sarif' },
    { comment: 'What is on the server', line: 'sallyport lint -o wide' },
  ],
  options: {
    'fail-on': {
      type: 'string',
      value: 'SEVERITY',
      default: 'high',
      description: `${SEVERITIES.join(', ')}, or never`,
    },
    ...lintKnowledgeOptions,
    ...sourceOptions,
    ...outputOptions({ formats: ['sarif'] }),
  },
  async run(values, host) {
    const output = chooseOutput(values, ['sarif']);
    const fails = failureTest(textValue(values, 'fail-on') ?? 'high');
    return usingSource(values, host, async (source) => {
      const [objects, knowledge] = await Promise.all([source.objects(), lintKnowledge(values, host)]);
      const findings = lint(compilePolicy(objects), knowledge);
      const locate = locator(objects);
      host.stdout.write(
        output.format === 'sarif'
          ? jsonText(toSarif(findings, { version, locate }))
          : renderResult(resultOf(findings, locate), output),
      );
      return findings.some(fails) ? exitCode.failure : exitCode.ok;
    });
  },
};

function failureTest(text: string): (finding: Finding) => boolean {
  if (text === 'never') return () => false;
  const least = (SEVERITIES as readonly string[]).indexOf(text);
  if (least < 0) throw new UsageError(`--fail-on takes ${SEVERITIES.join(', ')} or never, not "${text}"`);
  return ({ severity }) => SEVERITIES.indexOf(severity) <= least;
}

type Locate = (object: ObjectName) => Place | undefined;

/** Files as seen from here, which is what code scanning expects. */
function locator(objects: readonly SourcedObject[]): Locate {
  const places = new Map(
    objects.flatMap(({ object, source, place }) => {
      const { kind, metadata } = object;
      const { name = '', namespace = '' } = metadata;
      return place === undefined
        ? []
        : [[placeKey({ kind, namespace, name, source }), fromHere(place)] as const];
    }),
  );
  return (object) => places.get(placeKey(object));
}

function fromHere({ file, ...place }: Place): Place {
  const path = relative(process.cwd(), resolve(file));
  return { file: path.startsWith('..') ? file : path, ...place };
}

function resultOf(findings: readonly Finding[], locate: Locate): Result {
  const counts = SEVERITIES.map((severity): [Severity, number] => [
    severity,
    findings.filter((finding) => finding.severity === severity).length,
  ]);
  return {
    kind: 'LintResult',
    body: {
      summary: Object.fromEntries(counts),
      findings: findings.map((finding) => ({ ...finding, place: locate(finding.object) })),
    },
    human: {
      columns: [
        { header: 'SEVERITY' },
        { header: 'RULE' },
        { header: 'OBJECT' },
        { header: 'FIELD' },
        { header: 'PLACE', wide: true },
        { header: 'MESSAGE' },
        { header: 'REMEDY', wide: true },
      ],
      rows: findings.map(({ severity, rule, object, field = '', message, remedy }) => {
        const place = locate(object);
        const at = place === undefined ? '' : `${place.file}:${place.line}`;
        return [severity, rule, objectText(object), field, at, message, remedy];
      }),
    },
    whenEmpty: 'Nothing to report.',
  };
}
