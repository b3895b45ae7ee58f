import type { CompiledRule } from '../../rule.ts';

export interface NeverMatch {
  readonly member: keyof CompiledRule;
  readonly message: string;
}

type Judge = (entry: string) => string | undefined;

const JUDGES: Readonly<Record<keyof CompiledRule, Judge>> = {
  verbs: (verb) => {
    if (verb !== '*' && verb.includes('*')) return 'is no verb: * stands alone or not at all.';
    return hasUpperCase(verb) ? `is no verb: they are in lower case, "${verb.toLowerCase()}".` : undefined;
  },
  apiGroups: (group) => {
    if (group !== '*' && group.includes('*')) return 'is no API group: * stands alone or not at all.';
    if (group === 'core' || group === 'v1') return 'is no API group: the core group is "".';
    if (group.includes('/')) return `has a version: the API group is "${group.split('/')[0] ?? ''}".`;
    return hasUpperCase(group) ? 'is no API group: they are in lower case.' : undefined;
  },
  resources: (resource) => {
    const [name = '', ...subresource] = resource.split('/');
    const sub = subresource.join('/');
    if (resource === '*' || (name === '*' && sub !== '' && !sub.includes('*'))) return undefined;
    if (sub.includes('*')) return `covers no subresource: name each, such as "${name}/log" for "${name}/*".`;
    if (resource.includes('*')) return 'is no pattern that Kubernetes knows.';
    if (name === '' || resource.endsWith('/')) return 'has an empty part.';
    return hasUpperCase(resource) ? 'is no resource: they are plural and in lower case.' : undefined;
  },
  resourceNames: (name) =>
    name.includes('*') ? 'is taken literally: * is no wildcard in names.' : undefined,
  nonResourceURLs: (url) => {
    if (!url.startsWith('/') && !url.startsWith('*')) return 'is no path: it must begin with /.';
    return url.replace(/\*$/, '').includes('*') && !/^\/?\*+$/.test(url)
      ? 'has a * before its end, which is taken literally.'
      : undefined;
  },
};

/** The entries of a rule that no request of any client can match, and why. */
export function whyNever(rule: CompiledRule): NeverMatch[] {
  return (Object.keys(JUDGES) as (keyof CompiledRule)[]).flatMap((member) =>
    rule[member].flatMap((entry, index) => {
      // Impersonation is the one thing that is asked for by the name `*`, literally.
      const why = entry === '*' && isImpersonation(rule) ? undefined : JUDGES[member](entry);
      return why === undefined
        ? []
        : [{ member, message: `${JSON.stringify(entry)} (${member}[${index}]) ${why}` }];
    }),
  );
}

function isImpersonation({ verbs }: CompiledRule): boolean {
  return verbs.some((verb) => verb.startsWith('impersonate:'));
}

function hasUpperCase(text: string): boolean {
  return /[A-Z]/.test(text);
}
