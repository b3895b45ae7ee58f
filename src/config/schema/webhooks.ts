import { z } from 'zod';

/** A cluster's own API server asks who somebody is and what they may do. */
export const webhooks = z
  .strictObject({
    authentication: z
      .boolean()
      .default(false)
      .describe('Serves `POST /webhooks/authentication`: TokenReview, of the tokens that count here.'),
    authorization: z
      .boolean()
      .default(false)
      .describe(
        'Serves `POST /webhooks/authorization`: SubjectAccessReview, by the policy that counts here.',
      ),
    tokenFile: z.string().optional().meta({
      description:
        'File with the long random token of the API servers that may ask. It opens the webhooks and nothing else, and nothing else opens them. A change counts within a second.',
      whenAbsent: 'RBAC decides: the verb `post` on the non-resource URL',
    }),
    audiences: z.array(z.string()).default(['https://kubernetes.default.svc.cluster.local']).meta({
      description:
        "What the asking API servers call themselves (`--api-audiences`). A TokenReview for an audience that is neither here nor in the token's `aud` is answered with no.",
      whenAbsent: '`https://kubernetes.default.svc.cluster.local`',
    }),
  })
  .optional()
  .describe(
    "Serves as the authentication and authorization webhook of the cluster's own API server. Without the key, the paths are not served.",
  );
