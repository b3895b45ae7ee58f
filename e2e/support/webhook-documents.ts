import { parse } from 'yaml';
import { readMarkdown } from '../../test/docs/markdown.ts';

/** A kubeconfig, as far as a webhook's has it. */
export interface WebhookKubeconfig {
  readonly clusters: readonly {
    name: string;
    cluster: { server: string; 'certificate-authority': string };
  }[];
  readonly users: readonly { name: string; user: { tokenFile: string } }[];
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
  readonly 'current-context': string;
}

export interface AuthorizationConfiguration {
  readonly authorizers: readonly {
    readonly type: string;
    readonly webhook?: {
      readonly connectionInfo: { readonly type: string; readonly kubeConfigFile: string };
      readonly subjectAccessReviewVersion: string;
      readonly timeout: string;
      readonly matchConditions: readonly { readonly expression: string }[];
    };
  }[];
}

const { blocks } = readMarkdown('docs/how-to/webhooks.md');

/** The files that docs/how-to/webhooks.md gives in full, as kube-apiserver would read them. */
export const webhookDocuments = {
  /** The gateway's own part. */
  gateway: yamlWith('gateway:\n'),
  authentication: parse(yamlWith('/webhooks/authentication\n      certificate')) as WebhookKubeconfig,
  authorization: parse(yamlWith('/webhooks/authorization\n      certificate')) as WebhookKubeconfig,
  configuration: parse(yamlWith('kind: AuthorizationConfiguration')) as AuthorizationConfiguration,
  clusterRole: yamlWith('kind: ClusterRole'),
  flags: new Map(
    blocks
      .filter(({ language }) => language === 'text')
      .flatMap(({ text }) => text.split('\n'))
      .map((line) => line.split('=', 2) as [string, string]),
  ),
  /** What the document's last transcript shows. */
  answer: blocks.find(({ language }) => language === 'console')?.text ?? '',
};

function yamlWith(part: string): string {
  const found = blocks.filter(({ language, text }) => language === 'yaml' && `${text}\n`.includes(part));
  if (found.length !== 1) throw new Error(`docs/how-to/webhooks.md has ${found.length} blocks with ${part}`);
  return found[0]?.text ?? '';
}
