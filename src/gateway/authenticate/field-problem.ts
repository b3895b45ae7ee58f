/** Receives one violation: the field's path, then the text after it in Kubernetes' wording. */
export type Report = (path: string, text: string) => void;

/** Texts of Kubernetes' field errors. */
export const required = (detail = ''): string => `Required value${detail === '' ? '' : `: ${detail}`}`;
export const invalid = (value: string, detail: string): string =>
  `Invalid value: ${JSON.stringify(value)}: ${detail}`;
export const duplicate = (value: string): string => `Duplicate value: ${JSON.stringify(value)}`;
