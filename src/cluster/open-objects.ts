import { followHooks, followSurroundings, uncounted, validateHooks } from './admission/index.ts';
import type { ClusterDeps, Schedule } from './cluster-deps.ts';
import { type CustomResources, followDefinitions, isDefinition, validateDefinition } from './custom/index.ts';
import { isRbac } from './handlers/is-rbac.ts';
import { metricsTypes } from './metrics/index.ts';
import type { ObjectContext } from './objects/object-context.ts';
import { createObjectStore } from './objects/object-store.ts';
import { validateObject } from './schema/index.ts';
import { type ClientConfig, createWebhookClient, resolveService } from './webhooks/index.ts';

export interface OpenObjectsDeps extends ClusterDeps {
  readonly schedule: Schedule;
  /** Ends what is being asked of webhooks. */
  readonly closing: AbortSignal;
}

export interface OpenedObjects {
  readonly objects: ObjectContext;
  readonly resources: CustomResources;
  close(): void;
}

/** The objects in the store, with all that decides about writes to them: kinds, limits, webhooks and policies, validation. */
export async function openObjects(deps: OpenObjectsDeps): Promise<OpenedObjects> {
  const onError = (error: unknown) =>
    deps.log.error({ err: error }, 'following what decides about writes was interrupted');
  const following = { store: deps.store, schedule: deps.schedule, onError };
  const objects = createObjectStore(deps.store);
  const openWebhook = (config: ClientConfig, timeoutMs?: number) =>
    createWebhookClient(config, {
      resolve: ({ namespace, name }, port) => resolveService(objects, namespace, name, port),
      closing: deps.closing,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
  const [resources, surroundings] = await Promise.all([
    // What pods use is told where any run.
    followDefinitions(
      { ...following, openWebhook, onConversion: deps.onConversion },
      deps.runsPods === true ? metricsTypes : [],
    ),
    followSurroundings({ ...following, objects, now: deps.now }),
  ]);
  const metrics = deps.hookMetrics ?? uncounted;
  const hooks = await followHooks({ ...following, objects, resources, openWebhook, metrics });
  const context: ObjectContext = {
    objects,
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
  return {
    objects: context,
    resources,
    close() {
      hooks.close();
      surroundings.close();
      resources.close();
    },
  };
}
