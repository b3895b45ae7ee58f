import { type CommandHost, type CommandOption, type CommandValues, UsageError } from './command.ts';
import { switchValue, textValue } from './command-values.ts';
import {
  findResourceType,
  type PolicySource,
  type ResourceType,
  splitResourceName,
  warn,
} from './policy-source/index.ts';
import type { Question, ResourceQuestion } from './question.ts';

export const questionOptions: Readonly<Record<string, CommandOption>> = {
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAME',
    description: "Namespace of the request (default: the context's, else default)",
  },
  'all-namespaces': { type: 'boolean', short: 'A', description: 'Ask about all namespaces' },
  subresource: { type: 'string', value: 'NAME', description: 'Such as log, exec, scale or status' },
};

/** Source: kubectl pkg/cmd/auth/cani.go. */
const RESOURCE_VERBS =
  'get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest';
const PATH_VERBS = 'get put post head options delete patch *';
/** Types that no server lists: what `impersonate` is about. */
const UNLISTED = ['users', 'groups', 'userextras', 'uids'];

export interface QuestionWords {
  /** VERB and TYPE[/NAME], or VERB and /URL. */
  readonly words: readonly string[];
  readonly values: CommandValues;
  readonly source: PolicySource;
  readonly host: CommandHost;
  /**
   * Where a question about a cluster-scoped type goes: `asked` to the namespace all the same, as kubectl sends it;
   * `cluster` to where such requests are really decided.
   */
  readonly clusterScoped: 'asked' | 'cluster';
}

/**
 * Reads a question as `kubectl auth can-i` does, and warns as it does on standard error.
 * @throws UsageError for a subresource of a path
 */
export async function readQuestion(asked: QuestionWords): Promise<Question> {
  const { words, values, host } = asked;
  const [verb = '', target = ''] = words;
  if (!target.startsWith('/')) {
    const question = await readResourceQuestion(verb, target, asked);
    warnOfVerb(verb, RESOURCE_VERBS, host);
    return question;
  }
  if (textValue(values, 'subresource') !== undefined) {
    throw new UsageError('--subresource can not be used with NonResourceURL');
  }
  warnOfVerb(verb, PATH_VERBS, host);
  return { verb, path: target };
}

function warnOfVerb(verb: string, known: string, host: CommandHost): void {
  if (!known.split(' ').includes(verb)) warn(host, `verb '${verb}' is not a known verb`);
}

async function readResourceQuestion(
  verb: string,
  target: string,
  asked: QuestionWords,
): Promise<ResourceQuestion> {
  const { values, source, host } = asked;
  const [type = '', ...names] = target.split('/');
  const name = names.join('/');
  const everywhere = switchValue(values, 'all-namespaces');
  const namespace = everywhere ? '' : (textValue(values, 'namespace') ?? source.namespace);
  const subresource = textValue(values, 'subresource') ?? '';
  const about = (apiGroup: string, resource: string) => {
    return { verb, apiGroup, resource, subresource, namespace, name };
  };
  if (type === '*') return about('', '*');
  const found = findResourceType(await source.resourceTypes(), type);
  if (found === undefined) {
    const { resource, group } = splitResourceName(type);
    if (!UNLISTED.includes(resource)) warn(host, unknownType(resource, group, source));
    return about(group, resource);
  }
  if (subresource === '' && found.subresources.includes(name)) {
    warn(host, `this is about an object called '${name}'; the subresource is ${type} --subresource=${name}`);
  }
  const question = about(found.group, found.plural);
  return found.namespaced || everywhere ? question : atClusterScope(question, found, asked);
}

function atClusterScope(
  question: ResourceQuestion,
  { group, plural }: ResourceType,
  { clusterScoped, values, host }: QuestionWords,
): ResourceQuestion {
  if (clusterScoped === 'asked' || textValue(values, 'namespace') !== undefined) {
    const inGroup = group === '' ? '' : ` in group '${group}'`;
    warn(host, `resource '${plural}' is not namespace scoped${inGroup}`);
  }
  if (clusterScoped === 'asked') return question;
  // A request for one Namespace is decided in that namespace; every other cluster-scoped one in none.
  const isNamespace = group === '' && plural === 'namespaces';
  return { ...question, namespace: isNamespace ? question.name : '' };
}

function unknownType(resource: string, group: string, { server }: PolicySource): string {
  const inGroup = group === '' ? '' : ` in group '${group}'`;
  return server === undefined
    ? `'${resource}'${inGroup} is no resource of a standard cluster; the answer is about exactly this name`
    : `the server doesn't have a resource type '${resource}'${inGroup}`;
}
