import { type Content, html } from './html.ts';
import { fill } from './locales/index.ts';
import { time } from './time.ts';

/** The process that answers, where a page shows what it alone remembers. */
export interface ProcessShown {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** Fills `{process}`, `{since}` and more into a text. */
export function fillProcess(
  text: string,
  { name, since }: ProcessShown,
  more: Readonly<Record<string, Content>> = {},
): readonly Content[] {
  return fill(text, { process: html`<bdi>${name}</bdi>`, since: time(since), ...more });
}
