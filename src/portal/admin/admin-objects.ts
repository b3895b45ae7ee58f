import type { AdminObject } from './admin-desk.ts';
import type { AdminKind } from './admin-kinds.ts';
import { typedValue } from './admin-property.ts';

const API = { group: 'sallyport.dev', version: 'v1' };

/** Path of a collection, of an object in it, of its subresource. */
export function apiPath(...parts: readonly string[]): string {
  return `/apis/${API.group}/${API.version}/${parts.map(encodeURIComponent).join('/')}`;
}

/** An object as it is sent. */
export function apiObject(kind: string, content: object): object {
  return { apiVersion: `${API.group}/${API.version}`, kind, metadata: {}, ...content };
}

/** Those of a kind's properties that a form has: one that makes an object, or one that changes it. */
export function formProperties({ properties }: AdminKind, which: 'new' | 'old') {
  return properties.filter(({ form }) => form === 'always' || form === which);
}

/** What a form says, over what the object has had. @param read a field's text */
export function wantedObject(
  kind: AdminKind,
  read: (name: string) => string | undefined,
  current?: AdminObject,
): object {
  const written = formProperties(kind, current === undefined ? 'new' : 'old');
  const typed = written.flatMap((property) => {
    const value = typedValue(property, read(property.name) ?? '');
    // What is left out is what is usual.
    return value === undefined ? [] : [[property.path, value] as const];
  });
  const said = (part: 'metadata' | 'spec') =>
    Object.fromEntries(
      typed.flatMap(([path, value]) =>
        path.startsWith(`${part}.`) ? [[path.slice(part.length + 1), value]] : [],
      ),
    );
  const kept = Object.entries(current?.spec ?? {}).filter(
    ([name]) => !written.some(({ path }) => path === `spec.${name}`),
  );
  const { name, annotations } = current?.metadata ?? {};
  const resourceVersion = current === undefined ? undefined : read('revision');
  return apiObject(kind.kind, {
    metadata: {
      ...said('metadata'),
      ...(name === undefined ? {} : { name }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(resourceVersion ? { resourceVersion } : {}),
    },
    spec: { ...Object.fromEntries(kept), ...said('spec') },
  });
}
