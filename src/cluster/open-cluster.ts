import { MAX_BODY_BYTES } from '../http/index.ts';
import { createSealer, type Entry, followPrefix, type Watcher } from '../store/index.ts';
import { startBackgroundWork } from './background-work.ts';
import { bootstrap } from './bootstrap/index.ts';
import type { Cluster } from './cluster.ts';
import { type ClusterDeps, scheduleTimeout } from './cluster-deps.ts';
import { handleRequest } from './handlers/handle-request.ts';
import type { HandlerContext } from './handlers/handler-context.ts';
import { metricsReaderRole } from './metrics/index.ts';
import { registryPrefix } from './objects/object-key.ts';
import { entryObject } from './objects/stored-object.ts';
import { openObjects } from './open-objects.ts';
import { createServiceAccountTokens } from './service-accounts/index.ts';
import { sealAnew } from './shared-secret.ts';
import { createClusterAuthority } from './signing/index.ts';
import { createSessions } from './streaming/index.ts';
import { createWatches } from './watch/index.ts';

/** Opens the embedded Kubernetes API on a store; what every cluster contains is made when it is missing. */
export async function openCluster(deps: ClusterDeps): Promise<Cluster> {
  const closing = new AbortController();
  const schedule = deps.schedule ?? scheduleTimeout;
  const opened = await openObjects({ ...deps, schedule, closing: closing.signal });
  const { objects, resources } = opened;
  const roles = deps.runsPods === true ? [metricsReaderRole] : [];
  await bootstrap(objects, [...deps.bootstrapObjects, ...roles], deps.namespaces ?? []);
  const secrets = { store: deps.store, sealer: deps.sealer ?? createSealer(undefined) };
  if (deps.sealer !== undefined) await sealAnew(secrets);
  const tokens = createServiceAccountTokens(secrets, objects);
  const authority = createClusterAuthority(secrets, objects);
  const work = await startBackgroundWork({ ...deps, schedule, resources, tokens, authority }, objects);
  const context: HandlerContext = {
    deps,
    objects,
    schedule,
    maxBodyBytes: deps.maxBodyBytes ?? MAX_BODY_BYTES,
    closing: closing.signal,
    watches: deps.watches ?? createWatches(),
    sessions: createSessions(),
    tokens,
    node: work.node,
  };
  const followers: Watcher[] = [];

  return {
    handle: (request, response) => handleRequest(context, request, response),

    authenticate: (token) => tokens.authenticate(token),

    clientAuthority: () => authority.certificate(),

    async followPolicy(follower) {
      const prefix = `${registryPrefix}rbac.authorization.k8s.io/`;
      const relay = {
        put: (entry: Entry) => follower.put(entryObject(entry)),
        remove: (entry: Entry) => follower.remove(entryObject(entry)),
      };
      const onError = (error: unknown) =>
        deps.log.error({ err: error }, 'following the policy was interrupted');
      followers.push(await followPrefix({ store: deps.store, schedule, onError }, prefix, relay));
    },

    async close() {
      closing.abort();
      for (const watcher of followers) watcher.close();
      await work.close();
      opened.close();
    },
  };
}
