/** One verb on one resource or one path: what `VERB TYPE[/NAME]` or `VERB /URL` means. */
export type Question = ResourceQuestion | PathQuestion;

export interface ResourceQuestion {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource: string;
  /** '' for all namespaces, and where there is none. */
  readonly namespace: string;
  /** '' when the question is about no particular object. */
  readonly name: string;
}

export interface PathQuestion {
  readonly verb: string;
  readonly path: string;
}

/** The question in words: `list pods.apps/status "web" in the namespace "dev"`. */
export function questionText(question: Question): string {
  if ('path' in question) return `${question.verb} ${question.path}`;
  const { verb, name, namespace } = question;
  const object = name === '' ? '' : ` "${name}"`;
  const place = namespace === '' ? '' : ` in the namespace "${namespace}"`;
  return `${verb} ${resourceText(question)}${object}${place}`;
}

/** As kubectl writes it: `deployments.apps/scale`. */
export function resourceText({
  apiGroup,
  resource,
  subresource = '',
}: {
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource?: string;
}): string {
  const [plural = '', ...own] = resource.split('/');
  const sub = [...own, ...(subresource === '' ? [] : [subresource])].map((part) => `/${part}`).join('');
  return `${plural}${apiGroup === '' ? '' : `.${apiGroup}`}${sub}`;
}
