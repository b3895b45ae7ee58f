import type { ObjectMeta } from '../../model.ts';

/** Annotation with the rules that an object's owner has decided to live with: `rule-id, rule-id # reason`. */
export const LINT_IGNORE = 'sallyport.dev/lint-ignore';

/** About the annotation itself, so no annotation silences it. */
export const UNKNOWN_LINT_RULE = {
  id: 'unknown-lint-rule',
  title: `The annotation ${LINT_IGNORE} names a rule that does not exist`,
  severity: 'low',
  remedy: 'Correct the name: an unknown one silences nothing.',
} as const;

/** The ids that the object silences. Each line may end in `# reason`. */
export function suppressedRules({ annotations }: ObjectMeta): string[] {
  const text = annotations?.[LINT_IGNORE] ?? '';
  return text.split('\n').flatMap((line) => {
    const [ids = ''] = line.split('#');
    return ids.split(/[\s,]+/).filter((id) => id !== '');
  });
}
