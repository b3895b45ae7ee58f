import { type Content, type Html, html } from './html.ts';
import type { Page } from './layout.ts';
import { fill } from './locales/index.ts';

export interface PasswordField {
  /** Its id, too. */
  readonly name: string;
  readonly label: string;
  readonly autocomplete: 'current-password' | 'new-password' | 'one-time-code';
  /** Further attributes. */
  readonly more?: Content;
  /** Between the label and the field. */
  readonly hint?: Html | undefined;
}

/** A field whose content is hidden until its button is pressed, which the page's script adds. */
export function passwordField({ locale: { t } }: Page, field: PasswordField): Html {
  const { name, label, autocomplete } = field;
  return html`<div class="field"><label for="${name}">${label}</label>
${field.hint}<span class="secret"><input id="${name}" name="${name}" type="password" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false" data-show="${t.show}" data-show-named="${fill(t.showNamed, { field: label }).join('')}" required${field.more}></span></div>`;
}
