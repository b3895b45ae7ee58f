import { z } from 'zod';
import { duration, listenAddress } from './values.ts';

const httpsServer = z
  .string()
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  }, 'expected the URL of an API server, for example https://10.0.0.1:6443')
  .meta({ valueType: 'URL' });

/** The gateway's own top-level key; everything else in the file is Dex's. */
export const gateway = z
  .strictObject({
    https: listenAddress.describe('Where the gateway listens.'),
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
    rbac: z
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
      .default({ manifests: [], cluster: false }),
    audit: z
      .strictObject({
        policyFile: z
          .string()
          .describe(
            'A Kubernetes audit Policy file (`audit.k8s.io/v1`): what is recorded, and how much of it.',
          ),
        log: z
          .strictObject({
            path: z
              .string()
              .describe('Where the events go, a JSON object a line; `-` is the standard output.'),
            maxSizeMiB: z.int().min(1).default(100).describe('Size at which the file is set aside.'),
            maxAgeDays: z.int().min(1).default(366).describe('How long files set aside are kept.'),
            maxBackups: z.int().min(1).default(100).describe('How many of them are kept.'),
            durability: z
              .enum(['batch', 'each'], 'expected batch or each')
              .default('batch')
              .describe(
                '`each`: an event is written before the request goes on, so that killing the process loses none. `batch`: at the end of each turn.',
              ),
          })
          .describe('The log backend.'),
        strict: z
          .boolean()
          .default(false)
          .describe(
            'Refuse requests with 500 while events cannot be written, instead of serving them unrecorded.',
          ),
      })
      .optional()
      .describe('Auditing as kube-apiserver does it. Without the key, nothing is recorded.'),
    streamGrace: duration.default(30_000).meta({
      description:
        'How long a watch may outlive the token that opened it. It ends within a second of losing its right.',
      whenAbsent: '30s',
    }),
    constrainedImpersonation: z
      .boolean()
      .default(true)
      .describe(
        'Whether `kubectl --as` may be granted by the constrained verbs (`impersonate:user-info`, …) too, as Kubernetes 1.36 does.',
      ),
    embedded: z
      .strictObject({
        namespaces: z
          .array(z.string())
          .default([])
          .describe("Namespaces that are made at start when absent, besides Kubernetes' own."),
      })
      .default({ namespaces: [] }),
    target: z
      .union(
        [
          z.literal('embedded'),
          z.strictObject({
            server: httpsServer.describe('Origin of the API server, without a path.'),
            certificateAuthority: z.string().optional().meta({
              description: "PEM file with the CA of the API server's certificate.",
              whenAbsent: "Node.js's own list of authorities",
            }),
            tokenFile: z
              .string()
              .describe(
                "File with the bearer token of the gateway's own account, which may only impersonate. Read anew at each request.",
              ),
          }),
          z.strictObject({
            kubeconfig: z
              .string()
              .describe('A kubeconfig file with the API server and the credential to use there.'),
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
          }),
        ],
        'expected embedded, or kubeconfig, or server with tokenFile',
      )
      .default('embedded')
      .describe('`embedded`, or a Kubernetes API server: by `kubeconfig`, or by `server` and `tokenFile`.'),
  })
  .refine(
    ({ tlsCert, tlsKey }) => (tlsCert === undefined) === (tlsKey === undefined),
    'tlsCert and tlsKey go together',
  )
  .refine(
    ({ target, rbac }) => target !== 'embedded' || !rbac.cluster,
    'rbac.cluster is for an API server: the embedded one is always followed',
  );
