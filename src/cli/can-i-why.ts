import type { Explanation } from '../rbac/index.ts';
import { printable } from './output/index.ts';
import { objectText, ruleText, subjectName } from './words.ts';

/** Under the verdict: what allows it, or what nearly does. */
export function whyText({ decision, superuser, grant, nearMisses }: Explanation, wide: boolean): string {
  if (superuser === true) return paragraph(['Members of system:masters may do everything.']);
  if (grant !== undefined) {
    const { binding, role, rule, ruleIndex, subject } = grant;
    return paragraph([
      'Allowed by',
      `  binding  ${objectText(binding)}`,
      `  subject  ${subject.kind} ${subjectName(subject)}`,
      `  role     ${objectText(role)}`,
      `  rule     ${ruleIndex}: ${ruleText(rule, { wide })}`,
    ]);
  }
  if (decision === 'allow' || nearMisses.length === 0) return '';
  const misses = nearMisses.flatMap(({ message, remedyText }, index) => [
    `${index + 1}. ${message}`,
    `   Remedy: ${remedyText}`,
  ]);
  const objects = nearMisses.some(({ remedy }) => remedy !== undefined)
    ? ['', 'With -o yaml, the answer holds objects that allow this and hardly anything else.']
    : [];
  return paragraph(['What nearly allows it, nearest first:', ...misses, ...objects]);
}

function paragraph(lines: readonly string[]): string {
  return `\n${lines.map((line) => `${printable(line)}\n`).join('')}`;
}
