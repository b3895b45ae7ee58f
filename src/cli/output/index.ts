/**
 * How the questions' answers are printed: tables as kubectl has them, JSON and YAML with a version. Owns form, and that
 * nothing printed can disturb a terminal; what is in an answer belongs to the commands.
 */
export { chooseOutput, type OutputChoice, type OutputFormat, outputOptions } from './output-options.ts';
export { printable } from './printable.ts';
export { jsonText, type Result, renderResult } from './render-result.ts';
export { type Column, renderTable, type Table } from './table.ts';
export { yamlText } from './yaml-text.ts';
