import { z } from 'zod';
import { auditLog } from './audit-log.ts';
import { auditWebhook } from './audit-webhook.ts';
import {
  accessRequests,
  authorization,
  cluster,
  constrainedImpersonation,
  filteredLists,
  rbac,
  target,
  tokenReview,
} from './cluster.ts';
import { limits } from './limits.ts';
import { forwardAuth, services } from './services.ts';
import { duration, httpUrl, listenAddress } from './values.ts';
import { webhooks } from './webhooks.ts';

/** The gateway's own top-level key; everything else in the file is Dex's. */
export const gateway = z
  .strictObject({
    https: listenAddress.describe('Where the gateway listens.'),
    url: httpUrl
      .refine(
        (text) => new URL(text).protocol === 'https:',
        'expected an https URL: the gateway has no other door',
      )
      .optional()
      .meta({
        description:
          "The gateway's address as clients reach it: what kubeconfigs get, the portal and `kubectl sallyport login` tell people. Its host name is in the gateway's own certificate.",
        whenAbsent: 'where it listens; for every interface, at the host name of the issuer',
      }),
    tlsCert: z.string().optional().meta({
      description: 'PEM file with the certificate (chain). Goes together with `tlsKey`.',
      whenAbsent: 'the gateway signs its own, with a CA that it keeps in the data directory',
    }),
    tlsKey: z.string().optional().describe('PEM file with the private key of `tlsCert`.'),
    tlsNames: z
      .array(z.string())
      .default([])
      .describe(
        "Further DNS names and addresses for the gateway's own certificate. Always in it: `localhost`, `127.0.0.1`, `::1` and the address of `https`.",
      ),
    authenticationConfig: z
      .string()
      .describe('A Kubernetes AuthenticationConfiguration file: which tokens count, and who they are.'),
    authorization,
    clientCA: z.string().optional().meta({
      description:
        'PEM file with the authorities whose client certificates count: the common name is the user, each organisation a group, `system:` names included. A change counts within seconds.',
      whenAbsent: 'client certificates are not asked for',
    }),
    tokenReview,
    rbac,
    audit: z
      .strictObject({
        policyFile: z
          .string()
          .describe(
            'A Kubernetes audit Policy file (`audit.k8s.io/v1`): what is recorded, and how much of it.',
          ),
        log: auditLog
          .extend({
            durability: z
              .enum(['batch', 'each'], 'expected batch or each')
              .default('batch')
              .describe(
                '`each`: an event is written before the request goes on, so that killing the process loses none. `batch`: at the end of each turn.',
              ),
          })
          .optional()
          .describe('The log backend. One of `log` and `webhook` is needed, or both.'),
        webhook: auditWebhook
          .optional()
          .describe('The webhook backend: events wait in the storage until the receiver has taken them.'),
        strict: z
          .boolean()
          .default(false)
          .describe(
            'Refuse requests with 500 while events cannot be stored, instead of serving them unrecorded.',
          ),
      })
      .refine(({ log, webhook }) => log !== undefined || webhook !== undefined, 'expected log or webhook')
      .optional()
      .describe('Auditing as kube-apiserver does it. Without the key, nothing is recorded.'),
    limits: limits.prefault({}),
    streamGrace: duration.default(30_000).meta({
      description:
        'How long a watch may outlive the token that opened it. It ends within a second of losing its right.',
      whenAbsent: '30s',
    }),
    filteredLists,
    constrainedImpersonation,
    explainRefusals: z
      .boolean()
      .default(true)
      .describe(
        'Whether a 403 says what nearly allowed the request, to who may `get` `explanations.sallyport.dev` in its namespace. Nobody may unless granted.',
      ),
    adminApi: z
      .boolean()
      .default(true)
      .describe(
        'Whether users, groups, sessions and keys are managed as objects of `sallyport.dev/v1` beside the API of this cluster. Nobody may unless granted; rules with `*` for API groups grant it, too.',
      ),
    accessRequests,
    webhooks,
    embedded: z
      .strictObject({
        namespaces: z
          .array(z.string())
          .default([])
          .describe("Namespaces that are made at start when absent, besides Kubernetes' own."),
      })
      .default({ namespaces: [] }),
    target,
    clusters: z
      .array(cluster)
      .default([])
      .describe(
        'Further clusters, each with its own policy: at `/clusters/<name>/…` of this gateway, and at its `serverName`; all together, for lists, at `/clusters/-/…`.',
      ),
    scatterDeadline: duration.default(5_000).meta({
      description:
        'How long a cluster may take to begin its part of a list of all clusters. After that, the list goes without it, with a warning.',
      whenAbsent: '5s',
    }),
    services,
    forwardAuth,
  })
  .refine(
    ({ tlsCert, tlsKey }) => (tlsCert === undefined) === (tlsKey === undefined),
    'tlsCert and tlsKey go together',
  )
  .refine(
    ({ target, rbac }) => target !== 'embedded' || !rbac.cluster,
    'rbac.cluster is for an API server: the embedded one is always followed',
  )
  .refine(
    ({ target, authorization }) => target !== 'embedded' || authorization === 'rbac',
    'authorization: subjectAccessReview is for an API server: the embedded one has no authorizer but the gateway',
  )
  .refine(
    (gateway) => [gateway, ...gateway.clusters].every(hasOneAuthorizer),
    'authorization: subjectAccessReview leaves the decision to the API server: remove rbac',
  )
  .refine(
    (gateway) => [gateway, ...gateway.clusters].every(asksNobodyBack),
    'webhooks.authorization answers by the policy: with authorization: subjectAccessReview, the API server would be asked what it asks',
  )
  .refine(
    (gateway) => [gateway, ...gateway.clusters].every(canFilter),
    'filteredLists needs authorization: rbac: an API server that is asked does not say in which namespaces it would allow',
  )
  .refine(
    (gateway) => [gateway, ...gateway.clusters].every(seesItsBindings),
    'accessRequests needs the bindings that it makes to count: with rbac.cluster: true, or authorization: subjectAccessReview',
  )
  .refine(
    (gateway) => [gateway, ...gateway.clusters].every(canWriteBindings),
    'accessRequests writes role bindings as an account of the gateway: not with target.mode passThrough, where it has none',
  )
  .refine(({ clusters }) => isUnique(clusters.map(({ name }) => name)), 'two clusters have the same name')
  .refine(
    ({ clusters }) => isUnique(clusters.flatMap(({ serverName }) => serverName?.toLowerCase() ?? [])),
    'two clusters have the same serverName',
  )
  .refine(({ target, tokenReview: review }) => target !== 'embedded' || review === false, {
    path: ['tokenReview'],
    message:
      'is for an API server as target: the embedded one has no tokens of its own; remove the key, or name a target',
  })
  .refine(
    ({ clientCA, target, clusters }) =>
      clientCA === undefined || ![target, ...clusters.map((one) => one.target)].some(isPassThrough),
    {
      path: ['clientCA'],
      message:
        'a certificate cannot be passed on to the API server: remove the key, or use target.mode impersonate',
    },
  );

function isPassThrough(to: 'embedded' | { readonly mode?: string } | { readonly server: string }): boolean {
  return to !== 'embedded' && 'mode' in to && to.mode === 'passThrough';
}

function isUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function hasOneAuthorizer(decides: Pick<z.infer<typeof cluster>, 'authorization' | 'rbac'>): boolean {
  return decides.authorization === 'rbac' || (decides.rbac.manifests.length === 0 && !decides.rbac.cluster);
}

function asksNobodyBack({
  authorization,
  webhooks,
}: Pick<z.infer<typeof cluster>, 'authorization' | 'webhooks'>): boolean {
  return authorization === 'rbac' || webhooks?.authorization !== true;
}

function canFilter(decides: Pick<z.infer<typeof cluster>, 'authorization' | 'filteredLists'>): boolean {
  return decides.authorization === 'rbac' || !decides.filteredLists;
}

type Decided = Pick<z.infer<typeof cluster>, 'accessRequests' | 'authorization' | 'rbac'> & {
  readonly target: 'embedded' | z.infer<typeof cluster>['target'];
};

function seesItsBindings({ accessRequests: asked, authorization, rbac, target }: Decided): boolean {
  return (
    asked === undefined || target === 'embedded' || rbac.cluster || authorization === 'subjectAccessReview'
  );
}

function canWriteBindings({ accessRequests: asked, target }: Decided): boolean {
  return asked === undefined || !isPassThrough(target);
}
