import { type AdminObjectView, adminValue, type Page } from '../../../views/index.ts';
import type { AdminObject } from './admin-desk.ts';
import type { AdminKind } from './admin-kinds.ts';
import { valueIn } from './admin-property.ts';

/** Everything that the object says, for people; what has no name in their language has the API's. */
export function factsOf(
  page: Page,
  { properties }: AdminKind,
  object: AdminObject,
): AdminObjectView['facts'] {
  const known = properties
    .filter((property) => valueIn(object, property) !== undefined)
    .map((property) => ({
      label: page.locale.t[property.label],
      value: adminValue(page, property.type, valueIn(object, property)),
      english: false,
    }));
  const has = (path: string) =>
    path === 'spec.clientID' || properties.some((property) => property.path === path);
  const others = (['spec', 'status'] as const).flatMap((part) =>
    Object.entries(object[part] ?? {})
      .filter(([name, value]) => !has(`${part}.${name}`) && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]) => ({
        label: name,
        value: adminValue(page, typeof value === 'boolean' ? 'flag' : 'text', value),
        english: true,
      })),
  );
  return [...known, ...others];
}
