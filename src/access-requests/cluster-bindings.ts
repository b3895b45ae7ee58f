import { badRequest, conflict, notFoundText, type StatusError, serviceUnavailable } from '../kube/index.ts';
import { type ApiClient, ApiError, isFields } from '../kubeconfig/index.ts';
import { RBAC_API_VERSION, RBAC_GROUP, RESOURCE_OF_KIND } from '../rbac/index.ts';
import type { Bindings } from './bindings.ts';
import { type AccessBinding, MANAGED_BY } from './role-binding.ts';

const BASE = `/apis/${RBAC_API_VERSION}`;
const PAGE = 500;
const KINDS = ['RoleBinding', 'ClusterRoleBinding'] as const;

/**
 * Writes bindings to an API server, as the gateway's own account.
 * @param client asks that server; its errors are ApiError, or whatever says that there is no answer
 */
export function clusterBindings(
  client: Pick<ApiClient, 'get' | 'post' | 'delete'>,
): Omit<Bindings, 'confirmMayBind'> {
  async function* pagesOf(kind: (typeof KINDS)[number]): AsyncGenerator<AccessBinding> {
    const labelSelector = `${MANAGED_BY.name}=${MANAGED_BY.value}`;
    let from = '';
    do {
      const query = new URLSearchParams({ labelSelector, limit: String(PAGE) });
      if (from !== '') query.set('continue', from);
      const page = await client.get(`${BASE}/${RESOURCE_OF_KIND[kind]}?${query}`);
      const { items, metadata } = (isFields(page) ? page : {}) as {
        items?: readonly AccessBinding[];
        metadata?: { continue?: string };
      };
      // Items of a list carry no kind.
      for (const item of items ?? []) yield { ...item, kind } as AccessBinding;
      from = metadata?.continue ?? '';
    } while (from !== '');
  }

  async function write(binding: AccessBinding): Promise<void> {
    const put = () => client.post(collectionOf(binding), binding);
    try {
      await put();
    } catch (error) {
      if (statusOf(error) !== 409) throw error;
      const there = await client.get(pathOf(binding));
      if (isLike(binding, there)) return;
      // Nobody but us has a reason to use this name.
      await remove(binding);
      await put();
    }
  }

  async function remove(binding: Pick<AccessBinding, 'kind' | 'metadata'>): Promise<void> {
    try {
      await client.delete(pathOf(binding));
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }

  return {
    tryWrite: async (binding) => {
      await inOurWords(client.post(`${collectionOf(binding)}?dryRun=All`, binding));
    },
    write: (binding) => inOurWords(write(binding)),
    remove: (binding) => inOurWords(remove(binding)),
    async list() {
      const all: AccessBinding[] = [];
      for (const kind of KINDS) for await (const binding of pagesOf(kind)) all.push(binding);
      return all;
    },
  };
}

function collectionOf({ kind, metadata }: Pick<AccessBinding, 'kind' | 'metadata'>): string {
  const resource = RESOURCE_OF_KIND[kind];
  return kind === 'RoleBinding'
    ? `${BASE}/namespaces/${encodeURIComponent(metadata.namespace ?? '')}/${resource}`
    : `${BASE}/${resource}`;
}

function pathOf(binding: Pick<AccessBinding, 'kind' | 'metadata'>): string {
  return `${collectionOf(binding)}/${encodeURIComponent(binding.metadata.name ?? '')}`;
}

function isLike(wanted: AccessBinding, there: unknown): boolean {
  if (!isFields(there)) return false;
  const { roleRef, subjects, metadata } = there as unknown as AccessBinding;
  const content = (binding: Pick<AccessBinding, 'roleRef' | 'subjects' | 'metadata'>) =>
    JSON.stringify([
      binding.roleRef.kind,
      binding.roleRef.name,
      (binding.subjects ?? []).map(({ kind, name }) => [kind, name]),
      Object.entries(wanted.metadata.annotations ?? {}).map(([key]) => binding.metadata.annotations?.[key]),
    ]);
  return content(wanted) === content({ roleRef, subjects: subjects ?? [], metadata });
}

function statusOf(error: unknown): number | undefined {
  return error instanceof ApiError ? error.status : undefined;
}

async function inOurWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw refusalOf(error);
  }
}

/** What the approver is told. It is the gateway that was refused, and never the approver: so no 401 and no 403. */
function refusalOf(error: unknown): StatusError {
  const { message } = error as Error;
  switch (statusOf(error)) {
    case 404:
      return notFoundText(`the binding cannot be written: ${message}`);
    case 409:
      return conflict({ group: RBAC_GROUP, resource: 'rolebindings' }, '', message);
    case 400:
    case 422:
      return badRequest(`the binding cannot be written: ${message}`);
    case 403:
      return serviceUnavailable(`the gateway's account may not write the binding: ${message}`);
    default:
      return serviceUnavailable(`the binding could not be written: ${message}`);
  }
}
