import { type Explanation, explain } from '../rbac/index.ts';
import { type AccessReview, reviewAccess, reviewRules } from './access-review.ts';
import { API_VERBS } from './api-verbs.ts';
import { attributesFor, callerOf, callerOptions, namedCaller } from './caller.ts';
import { listResult } from './can-i-list.ts';
import { whyText } from './can-i-why.ts';
import { type Command, type CommandHost, type CommandValues, exitCode, UsageError } from './command.ts';
import { switchValue } from './command-values.ts';
import { chooseOutput, outputOptions, type Result, renderResult } from './output/index.ts';
import {
  compilePolicy,
  HiddenPolicyError,
  type PolicySource,
  sourceOptions,
  usingSource,
  warn,
} from './policy-source/index.ts';
import type { Question } from './question.ts';
import { questionOptions, readQuestion } from './read-question.ts';

export const canICommand: Command = {
  name: 'can-i',
  summary: 'Check whether an action is allowed, and say why',
  usage: 'can-i VERB TYPE[.GROUP][/NAME] | VERB /URL | --list',
  description: `The arguments are those of "kubectl auth can-i", and so are the exit codes: 0 for yes, 1 for no. Without --as the
question is about yourself, and the server that your kubeconfig leads to answers. With --why, with --as, and with -f, the
RBAC objects are read and the answer comes from them.`,
  examples: [
    { comment: 'May I list pods in the namespace dev?', line: 'sallyport can-i list pods -n dev' },
    {
      comment: 'Why may jane not delete them, and what would let her?',
      line: 'sallyport can-i delete pods -n dev --as jane --as-group developers --why',
    },
    {
      comment: 'Ask manifests that are not applied yet',
      line: 'sallyport can-i get pods/web --as jane -f config/demo/lecture',
    },
    { comment: 'All that I may do in a namespace', line: 'sallyport can-i --list -n dev' },
  ],
  options: {
    ...questionOptions,
    ...callerOptions,
    why: { type: 'boolean', description: 'Say what allows it, or what nearly does and what would mend it' },
    list: { type: 'boolean', description: 'List everything that is allowed in the namespace' },
    quiet: { type: 'boolean', short: 'q', description: 'Print nothing; the exit code is the answer' },
    ...sourceOptions,
    ...outputOptions(),
  },
  words: { least: 0, most: 2, first: API_VERBS },
  async run(values, host, words) {
    checkFlags(values, words);
    const output = chooseOutput(values);
    return usingSource(values, host, async (source) => {
      if (switchValue(values, 'list')) {
        host.stdout.write(renderResult(await list(values, source, host), output));
        return exitCode.ok;
      }
      const question = await readQuestion({ words, values, source, host, clusterScoped: 'asked' });
      const answer = await answerTo(question, values, source, host);
      if (!switchValue(values, 'quiet')) {
        host.stdout.write(renderResult(resultOf(question, answer, output.format === 'wide'), output));
      }
      return answer.allowed ? exitCode.ok : exitCode.failure;
    });
  },
};

function checkFlags(values: CommandValues, words: readonly string[]): void {
  if (!switchValue(values, 'list')) {
    if (words.length === 2) return;
    throw new UsageError(
      'you must specify two arguments: verb resource or verb resource/resourceName.\nSee "sallyport can-i --help".',
    );
  }
  if (words.length > 0) throw new UsageError('list option must be specified with no arguments');
  const excluded = ['quiet', 'all-namespaces', 'subresource', 'why'].filter(
    (name) => values[name] !== undefined,
  );
  if (excluded.length > 0) throw new UsageError(`--list goes without --${excluded[0]}`);
}

interface Answer extends AccessReview {
  readonly user?: { readonly username: string; readonly groups: readonly string[] };
  readonly why?: Explanation;
  /** The reason is the server's, for --why. */
  readonly told?: true;
}

/** The server's own answer where it can give one, else that of its RBAC objects. */
async function answerTo(
  question: Question,
  values: CommandValues,
  source: PolicySource,
  host: CommandHost,
): Promise<Answer> {
  const { server } = source;
  const asSelf = namedCaller(values) === undefined;
  if (server === undefined || !asSelf) return answerByPolicy(question, values, source, host);
  if (!switchValue(values, 'why')) return reviewAccess(server, question);
  try {
    return await answerByPolicy(question, values, source, host);
  } catch (error) {
    if (!(error instanceof HiddenPolicyError)) throw error;
    // About oneself the server knows the reason, too, and tells as much of it as one may see.
    warn(host, 'you may not list the whole policy: the reason is what the server tells you');
    return { ...(await reviewAccess(server, question)), told: true };
  }
}

async function answerByPolicy(
  question: Question,
  values: CommandValues,
  source: PolicySource,
  host: CommandHost,
): Promise<Answer> {
  const user = await callerOf(values, source);
  const policy = compilePolicy(await source.objects());
  const attributes = attributesFor(user, question);
  const decision = policy.authorize(attributes);
  const answer = {
    user: { username: user.username, groups: user.groups },
    allowed: decision.decision === 'allow',
    reason: decision.reason,
  };
  const { server } = source;
  if (server !== undefined && namedCaller(values) === undefined)
    await compareWithServer(server, question, answer.allowed, host);
  return switchValue(values, 'why') ? { ...answer, why: explain(policy, attributes) } : answer;
}

/** The objects may not be all that counts: webhooks, other authorizers, a gateway's own manifests. */
async function compareWithServer(
  server: NonNullable<PolicySource['server']>,
  question: Question,
  allowed: boolean,
  host: CommandHost,
): Promise<void> {
  const review = await reviewAccess(server, question);
  if (review.allowed === allowed) return;
  const said = `${review.allowed ? 'yes' : 'no'}${review.reason === '' ? '' : ` - ${review.reason}`}`;
  warn(host, `the server itself says: ${said}. It decides by more than the RBAC objects that it shows`);
}

function resultOf(question: Question, { user, allowed, reason, why, told }: Answer, wide: boolean): Result {
  // Of a yes, kubectl does not give the reason.
  const withReason = reason !== '' && (!allowed || told);
  const verdict = `${allowed ? 'yes' : 'no'}${withReason ? ` - ${reason}` : ''}`;
  return {
    kind: 'CanIResult',
    body: { user, request: question, allowed, reason, why },
    human: `${verdict}\n${why === undefined ? '' : whyText(why, wide)}`,
  };
}

async function list(values: CommandValues, source: PolicySource, host: CommandHost): Promise<Result> {
  const namespace = String(values['namespace'] ?? source.namespace);
  const { server } = source;
  if (server !== undefined && namedCaller(values) === undefined) {
    const status = await reviewRules(server, namespace);
    if (status.incomplete) warn(host, `the list may be incomplete: ${status.evaluationError ?? ''}`);
    return listResult(namespace, status);
  }
  const user = await callerOf(values, source);
  return listResult(namespace, compilePolicy(await source.objects()).rulesFor(user, namespace));
}
