import type { AdminFormView, Messages } from '../../../views/index.ts';
import type { AdminDesk, AdminObject } from './admin-desk.ts';
import { type AdminKind, isRemovable, isStored } from './admin-kinds.ts';
import { formProperties } from './admin-objects.ts';
import { fieldText } from './admin-property.ts';
import type { Officer } from './officers.ts';

export interface AdminFormsDeps {
  readonly desk: Pick<AdminDesk, 'may'>;
  urlOf(kind: AdminKind, name?: string): string;
}

/** What stood in the form that was not taken. */
type Typed = Readonly<Record<string, string>> | undefined;

/** The forms that somebody may use: what would be refused is not offered. */
export interface AdminForms {
  ofList(t: Messages, officer: Officer, kind: AdminKind, typed: Typed): Promise<AdminFormView[]>;
  ofObject(
    t: Messages,
    officer: Officer,
    kind: AdminKind,
    object: AdminObject,
    typed: Typed,
  ): Promise<AdminFormView[]>;
}

export function createAdminForms({ desk, urlOf }: AdminFormsDeps): AdminForms {
  async function ofList(
    t: Messages,
    { user }: Officer,
    kind: AdminKind,
    typed: Typed,
  ): Promise<AdminFormView[]> {
    const action = urlOf(kind);
    const views: AdminFormView[] = [];
    const fields = fieldsOf(t, kind, undefined, typed);
    if (fields.length > 0 && (await desk.may(user, 'create', kind.resource)))
      views.push({ action, legend: t.adminNew, submit: t.savePassword, hidden: {}, fields });
    if (kind.resource === 'signingkeys' && (await desk.may(user, 'create', 'keyrotations')))
      views.push({
        action,
        legend: t.adminRotate,
        about: t.adminRotateText,
        submit: t.adminRotateNow,
        hidden: {},
        fields: [],
      });
    return views;
  }

  /** With what was typed, where that was refused. */
  function fieldsOf(t: Messages, kind: AdminKind, current: AdminObject | undefined, typed: Typed) {
    return formProperties(kind, current === undefined ? 'new' : 'old').map((property) => {
      const { name, label, type, hint } = property;
      const text = current === undefined ? '' : fieldText(current, property);
      return {
        name,
        label: t[label],
        type,
        hint: hint && t[hint],
        value: typed === undefined ? text : (typed[name] ?? ''),
      };
    });
  }

  async function ofObject(
    t: Messages,
    { user }: Officer,
    kind: AdminKind,
    object: AdminObject,
    typed: Typed,
  ): Promise<AdminFormView[]> {
    const { name = '', resourceVersion = '' } = object.metadata;
    const action = urlOf(kind, name);
    const may = (verb: string, of = kind.resource) => desk.may(user, verb, of);
    const bare = (what: string, legend: string, about: string) => ({
      action,
      legend,
      about,
      submit: legend,
      hidden: { do: what },
      fields: [],
    });
    const views: AdminFormView[] = [];
    const fields = fieldsOf(t, kind, object, typed);
    if (fields.length > 0 && isStored(object) && (await may('update')))
      views.push({
        action,
        legend: t.adminChange,
        submit: t.savePassword,
        hidden: { do: 'update', revision: resourceVersion },
        fields,
      });
    for (const one of kind.actions) {
      const of = `${kind.resource}/${one.subresource}`;
      if (one.isFor?.(object) !== false && (await may('create', of)))
        views.push(bare(one.subresource, t[one.label], t[one.about]));
    }
    if (kind.deletion !== undefined && isRemovable(object) && (await may('delete')))
      views.push(bare('delete', t[kind.deletion.label], t[kind.deletion.about]));
    return views;
  }

  return { ofList, ofObject };
}
