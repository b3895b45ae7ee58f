import { type FieldError, fieldError } from '../../../kube/index.ts';

/** What a check has found, and how much fitted: of several alternatives the one that fits best explains itself. */
export interface Outcome {
  readonly errors: readonly FieldError[];
  readonly matches: number;
}

/** Source: kube-openapi/pkg/validation/validate/result.go. */
export interface OutcomeBuilder {
  readonly outcome: { errors: FieldError[]; matches: number };
  add(...errors: readonly FieldError[]): void;
  merge(outcome: Outcome): void;
  match(): void;
}

export function buildOutcome(): OutcomeBuilder {
  const outcome = { errors: [] as FieldError[], matches: 0 };
  return {
    outcome,
    add: (...errors) => void outcome.errors.push(...errors),
    merge(other) {
      for (const error of other.errors) outcome.errors.push(error);
      outcome.matches += other.matches;
    },
    match() {
      outcome.matches += 1;
    },
  };
}

/** A value in an object: how messages name it, and how fields do. */
export interface Place {
  /** From where the schema begins: `spec.replicas`; '' there. */
  readonly path: string;
  /** Where the schema begins in the object: `status`; '' for the whole of it. */
  readonly root: string;
}

/** The field of a place; what concerns the whole object has none, which Go prints so. */
export function fieldOf({ path, root }: Place): string {
  const trimmed = path.startsWith('.') ? path.slice(1) : path;
  if (trimmed === '') return root === '' ? '<nil>' : root;
  return root === '' ? trimmed : `${root}.${trimmed}`;
}

/** The one error that most checks have. @param text what is wrong with it: `should be at least 3 chars long` */
export function invalidAt(place: Place, value: unknown, text: string): FieldError {
  return fieldError.invalid(fieldOf(place), value, `${place.path} in body ${text}`);
}

/** @param found the type, or the text that has not the format */
export function wrongType(place: Place, wanted: string, found: string): FieldError {
  const text = `${place.path} in body must be of type ${wanted}: ${JSON.stringify(found)}`;
  return fieldError.typeInvalid(fieldOf(place), found, text);
}
