import { z } from 'zod';
import { listenAddress } from './values.ts';

const httpsServer = z.string().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
}, 'expected the URL of an API server, for example https://10.0.0.1:6443');

/** The gateway's own top-level key; everything else in the file is Dex's. */
export const gateway = z.strictObject({
  https: listenAddress,
  /** Certificate and key in PEM files. Without them the gateway signs its own with a CA kept in the data directory. */
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  /** Further DNS names and addresses for the gateway's own certificate. */
  tlsNames: z.array(z.string()).default([]),
  /** A Kubernetes AuthenticationConfiguration file. */
  authenticationConfig: z.string(),
  rbac: z
    .strictObject({
      /** Files or directories with Role, ClusterRole, RoleBinding and ClusterRoleBinding manifests. */
      manifests: z.array(z.string()).default([]),
    })
    .default({ manifests: [] }),
  embedded: z
    .strictObject({
      /** Namespaces that are made at start when absent, besides Kubernetes' own. */
      namespaces: z.array(z.string()).default([]),
    })
    .default({ namespaces: [] }),
  /** `embedded`, or a Kubernetes API server that the gateway reaches by impersonation. */
  target: z
    .union(
      [
        z.literal('embedded'),
        z.strictObject({
          server: httpsServer,
          certificateAuthority: z.string().optional(),
          tokenFile: z.string(),
        }),
      ],
      'expected embedded, or server with tokenFile',
    )
    .default('embedded'),
});
