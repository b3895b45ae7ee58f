import { type Content, type Html, html } from './html.ts';
import type { Page } from './layout.ts';

/** Why a form was not taken. */
export interface FormProblem {
  readonly message: Content;
  /** Id of the field that it is about; left out when it is about no one field. */
  readonly field?: string | undefined;
}

/** What was wrong with a form, above it (WCAG 3.3.1, 4.1.3). It has the focus itself where no field has it. */
export function problem({ locale: { t } }: Page, { message, field }: FormProblem): Html {
  const text =
    field === undefined
      ? html`<span id="error">${message}</span>`
      : html`<a id="error" href="#${field}">${message}</a>`;
  return html`<div class="alert" role="alert" tabindex="-1"${field === undefined && html` autofocus`} aria-labelledby="problem"><h2 id="problem">${t.problemTitle}</h2><p>${text}</p></div>`;
}

/**
 * Attributes of a field: the one that the problem is about has the focus, and the problem's words for its description.
 * @param hint id of what describes the field besides
 */
export function invalid(error: FormProblem | undefined, field: string, hint?: string): Html | false {
  if (error?.field === field)
    return html` aria-invalid="true" aria-describedby="error${hint !== undefined && ` ${hint}`}" autofocus`;
  return hint !== undefined && html` aria-describedby="${hint}"`;
}

/** Words of an API, which speaks English to everybody (WCAG 3.1.2). */
export function english(words: string): Html {
  return html`<span lang="en">${words}</span>`;
}
