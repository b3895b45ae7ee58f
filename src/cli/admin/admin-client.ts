import { type ApiClient, ApiError, isFields } from '../../kubeconfig/index.ts';
import { CommandError } from '../command.ts';

export type Resource =
  | 'accessrequests'
  | 'clusteraccessrequests'
  | 'users'
  | 'groups'
  | 'sessions'
  | 'signingkeys'
  | 'keyrotations'
  | 'oauthclients';

/** An object of the admin API, as far as the commands look at it. */
export interface AdminObject {
  readonly metadata: { readonly name: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** In which form things are to be shown: as the server's table, or as they are. */
export type Form = 'table' | 'object';

/** What the kubeconfig's context says of itself. */
export interface AdminContext {
  /** undefined when it names none. */
  readonly namespace: string | undefined;
}

/** The admin API of the gateway. Everything throws ApiError with the server's words, or UnreachableError. */
export interface AdminClient {
  readonly context: AdminContext;
  /** The same, for kinds in namespaces: in this one. */
  within(namespace: string): AdminClient;
  /** All of them, page by page. @param selector of fields: `spec.email=amy@example.com` */
  list(resource: Resource, form: Form, selector?: string): Promise<unknown>;
  get(resource: Resource, name: string, form: Form): Promise<unknown>;
  /** undefined when there is none. */
  find(resource: Resource, name: string): Promise<AdminObject | undefined>;
  select(resource: Resource, selector: string): Promise<readonly AdminObject[]>;
  create(resource: Resource, object: object): Promise<AdminObject>;
  patch(resource: Resource, name: string, change: object): Promise<AdminObject>;
  delete(resource: Resource, name: string): Promise<void>;
  /** What is done with one object by POST to a subresource. */
  act(resource: Resource, name: string, subresource: string, body: object): Promise<AdminObject>;
}

const GROUP = '/apis/sallyport.dev/v1';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const PAGE = 500;

/** @param namespace '' for kinds that are in none, and for all of them */
export function createAdminClient(server: ApiClient, context: AdminContext, namespace = ''): AdminClient {
  const base = namespace === '' ? GROUP : `${GROUP}/namespaces/${encodeURIComponent(namespace)}`;
  const pathOf = (resource: Resource, name: string) => `${base}/${resource}/${encodeURIComponent(name)}`;
  const acceptOf = (form: Form) => (form === 'table' ? TABLE : 'application/json');

  async function list(resource: Resource, form: Form, fieldSelector = ''): Promise<unknown> {
    let whole: Record<string, unknown> | undefined;
    let token = '';
    do {
      const query = new URLSearchParams({
        limit: String(PAGE),
        ...(fieldSelector === '' ? {} : { fieldSelector }),
        ...(token === '' ? {} : { continue: token }),
      });
      const page = await known(() => server.get(`${base}/${resource}?${query}`, acceptOf(form)));
      const { metadata, ...rest } = page as { metadata?: { continue?: string } };
      token = metadata?.continue ?? '';
      whole = whole === undefined ? { ...rest, metadata: {} } : joined(whole, rest);
    } while (token !== '');
    return whole;
  }

  async function select(resource: Resource, selector: string): Promise<readonly AdminObject[]> {
    const { items } = (await list(resource, 'object', selector)) as { items: readonly AdminObject[] };
    return items;
  }

  return {
    context,
    within: (other) => createAdminClient(server, context, other),
    list,
    select,
    get: (resource, name, form) => known(() => server.get(pathOf(resource, name), acceptOf(form))),
    async find(resource, name) {
      try {
        return asObject(await known(() => server.get(pathOf(resource, name))));
      } catch (error) {
        if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
        throw error;
      }
    },
    create: async (resource, object) =>
      asObject(await known(() => server.post(`${base}/${resource}`, object))),
    patch: async (resource, name, change) =>
      asObject(await known(() => server.patch(pathOf(resource, name), change))),
    async delete(resource, name) {
      await known(() => server.delete(pathOf(resource, name)));
    },
    act: async (resource, name, subresource, body) =>
      asObject(await known(() => server.post(`${pathOf(resource, name)}/${subresource}`, body))),
  };
}

/** Two pages of a list, or of a table. */
function joined(whole: Record<string, unknown>, page: Readonly<Record<string, unknown>>) {
  const append = (name: string) =>
    Array.isArray(page[name]) ? { [name]: [...(whole[name] as unknown[]), ...page[name]] } : {};
  return { ...whole, ...append('items'), ...append('rows') };
}

function asObject(value: unknown): AdminObject {
  if (!isFields(value) || !isFields(value['metadata']))
    throw new CommandError("the server's answer is of a form that is not known here");
  return value as unknown as AdminObject;
}

/** An API server that is not behind a gateway does not have the group at all. */
async function known(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404 || error.reason === 'NotFound') throw error;
    throw new CommandError(
      "the server has nothing of Sallyport: the kubeconfig's context must lead to its gateway (for users and the like, to the cluster without a name)",
    );
  }
}
