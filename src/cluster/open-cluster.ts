import { MAX_BODY_BYTES } from '../http/index.ts';
import { createSealer, type Entry, followPrefix, type Watcher } from '../store/index.ts';
import { followHooks, followSurroundings, uncounted, validateHooks } from './admission/index.ts';
import { startBackgroundWork } from './background-work.ts';
import { bootstrap } from './bootstrap/index.ts';
import type { Cluster } from './cluster.ts';
import { type ClusterDeps, scheduleTimeout } from './cluster-deps.ts';
import { followDefinitions, isDefinition, validateDefinition } from './custom/index.ts';
import { handleRequest } from './handlers/handle-request.ts';
import type { HandlerContext } from './handlers/handler-context.ts';
import { isRbac } from './handlers/is-rbac.ts';
import { metricsReaderRole, metricsTypes } from './metrics/index.ts';
import type { ObjectContext } from './objects/object-context.ts';
import { registryPrefix } from './objects/object-key.ts';
import { createObjectStore } from './objects/object-store.ts';
import { entryObject } from './objects/stored-object.ts';
import { validateObject } from './schema/index.ts';
import { createServiceAccountTokens } from './service-accounts/index.ts';
import { sealAnew } from './shared-secret.ts';
import { createClusterAuthority } from './signing/index.ts';
import { createSessions } from './streaming/index.ts';
import { createWatches } from './watch/index.ts';
import { type ClientConfig, createWebhookClient, resolveService } from './webhooks/index.ts';

/** Opens the embedded Kubernetes API on a store; what every cluster contains is made when it is missing. */
export async function openCluster(deps: ClusterDeps): Promise<Cluster> {
  const closing = new AbortController();
  const schedule = deps.schedule ?? scheduleTimeout;
  const onFollowError = (error: unknown) =>
    deps.log.error({ err: error }, 'following what decides about writes was interrupted');
  const following = { store: deps.store, schedule, onError: onFollowError };
  const objectStore = createObjectStore(deps.store);
  const openWebhook = (config: ClientConfig, timeoutMs?: number) =>
    createWebhookClient(config, {
      resolve: ({ namespace, name }, port) => resolveService(objectStore, namespace, name, port),
      closing: closing.signal,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  const [resources, surroundings] = await Promise.all([
    // What pods use is told where any run.
    followDefinitions(
      { ...following, openWebhook, onConversion: deps.onConversion },
      deps.runsPods === true ? metricsTypes : [],
    ),
    followSurroundings({ ...following, objects: objectStore, now: deps.now }),
  ]);
  const hooks = await followHooks({
    ...following,
    objects: objectStore,
    resources,
    openWebhook,
    metrics: deps.hookMetrics ?? uncounted,
  });
  const objects: ObjectContext = {
    objects: objectStore,
    resources,
    surroundings,
    hooks,
    now: deps.now,
    validate: (type, object, old) => [
      ...validateObject(type, object, old),
      ...(isRbac(type) ? (deps.validateRbac?.(object, old) ?? []) : []),
      ...(isDefinition(type) ? validateDefinition(object, old) : []),
      ...validateHooks(type, object, old),
    ],
  };
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
      hooks.close();
      surroundings.close();
      resources.close();
    },
  };
}
