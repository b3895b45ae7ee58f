import { z } from 'zod';
import { duration, originUrl } from './values.ts';
import { webhooks } from './webhooks.ts';

const apiServer = originUrl('expected the URL of an API server, for example https://10.0.0.1:6443');

/** What decides about a cluster. */
export const rbac = z
  .strictObject({
    manifests: z
      .array(z.string())
      .default([])
      .describe(
        'Files, or directories of `.yaml`, `.yml` and `.json` files, with Role, ClusterRole, RoleBinding and ClusterRoleBinding objects; sub-directories are not read. A change counts within seconds; one that is wrong is refused as a whole, and the last good policy stays.',
      ),
    cluster: z
      .boolean()
      .default(false)
      .describe(
        "Whether the API server's own RBAC objects count too, live. The embedded API's always do. Until they are read, requests are answered with 503.",
      ),
  })
  .default({ manifests: [], cluster: false });

export const authorization = z
  .enum(['rbac', 'subjectAccessReview'], 'expected rbac or subjectAccessReview')
  .default('rbac')
  .describe(
    'Who decides. `rbac`: the gateway, by `rbac`. `subjectAccessReview`: the API server is asked, whatever authorizers it has; an answer counts for ten seconds.',
  );

export const filteredLists = z
  .boolean()
  .default(false)
  .describe(
    'Whether a list or watch over all namespaces shows those in which the caller may list, instead of being refused.',
  );

export const constrainedImpersonation = z
  .boolean()
  .default(true)
  .describe(
    'Whether `kubectl --as` may be granted by the constrained verbs (`impersonate:user-info`, …) too, as Kubernetes 1.36 does. Whoever has none of them is refused in the words of 1.35.',
  );

/** Access for a while. */
export const accessRequests = z
  .strictObject({
    maxDuration: duration.default(28_800_000).meta({
      description: 'The longest that somebody can ask for.',
      whenAbsent: '8h',
    }),
    pendingFor: duration.default(86_400_000).meta({
      description: 'How long a request waits for somebody to decide; then it expires.',
      whenAbsent: '24h',
    }),
    keepFor: duration.default(2_592_000_000).meta({
      description: 'How long a request is kept after it has come to its end.',
      whenAbsent: '720h',
    }),
  })
  .optional()
  .meta({
    description:
      "Whether people ask for roles for a while, and others approve: `accessrequests.sallyport.dev` beside the cluster's API, and the page `/requests`. Who approves is a matter of RBAC. At an API server, the gateway's account must be able to write role bindings, and `rbac.cluster` must follow them.",
    whenAbsent: 'nobody can ask',
  });

/** Who knows the tokens that no configured issuer has made. */
export const tokenReview = z
  .union(
    [
      z.boolean(),
      z.strictObject({
        audiences: z.array(z.string().min(1)).min(1).optional().meta({
          description: 'The API server must say that the token is for one of these.',
          whenAbsent: "the API server's own",
        }),
      }),
    ],
    'expected true, false or audiences',
  )
  .default(false)
  .describe(
    "Whether the API server is asked (TokenReview) about tokens of issuers that `authenticationConfig` does not name, as service accounts' are. Needs a `target` that is one.",
  );

const byServer = z.strictObject({
  server: apiServer.describe('Origin of the API server, without a path.'),
  certificateAuthority: z.string().optional().meta({
    description: "PEM file with the CA of the API server's certificate.",
    whenAbsent: "Node.js's own list of authorities",
  }),
  tokenFile: z
    .string()
    .describe(
      "File with the bearer token of the gateway's own account, which may only impersonate. A new one counts within a second.",
    ),
});

const byKubeconfig = z.strictObject({
  kubeconfig: z.string().describe('A kubeconfig file with the API server and the credential to use there.'),
  context: z.string().optional().meta({
    description: 'Context of the kubeconfig.',
    whenAbsent: 'its current context',
  }),
  mode: z
    .enum(['impersonate', 'passThrough', 'fixed'], 'expected impersonate, passThrough or fixed')
    .default('impersonate')
    .describe(
      "`impersonate`: the gateway's account speaks for the caller. `passThrough`: the caller's own token goes on. `fixed`: the gateway's account does everything that its policy allows.",
    ),
  allowInsecure: z
    .boolean()
    .default(false)
    .describe('Allows plain http to another machine and `insecure-skip-tls-verify`.'),
});

/** Where what is allowed goes. */
export const target = z
  .union(
    [z.literal('embedded'), byServer, byKubeconfig],
    'expected embedded, or kubeconfig, or server with tokenFile',
  )
  .default('embedded')
  .describe('`embedded`, or a Kubernetes API server: by `kubeconfig`, or by `server` and `tokenFile`.');

/** One more cluster behind the same gateway. */
export const cluster = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
      'expected a name of lower-case letters, digits and hyphens',
    )
    .refine(
      (name) => name !== 'root',
      'root is what the cluster without a name is called in lists of all clusters: give this one another name',
    )
    .describe(
      'Its name in the path `/clusters/<name>/…`, in audit events, in metrics, and as a label in lists of all clusters. Not `root`.',
    ),
  serverName: z
    .string()
    .optional()
    .describe(
      "A DNS name of its own: a connection that asks for it (SNI) reaches this cluster without a prefix. It goes into the gateway's own certificate.",
    ),
  authenticationConfig: z.string().optional().meta({
    description: 'Its own AuthenticationConfiguration file, for example with an audience of its own.',
    whenAbsent: "the gateway's",
  }),
  authorization,
  tokenReview,
  rbac,
  target: z
    .union([byServer, byKubeconfig], 'expected kubeconfig, or server with tokenFile')
    .describe('Its API server.'),
  filteredLists,
  constrainedImpersonation,
  accessRequests,
  webhooks,
});
