import type { AdminFormView, Messages } from '../../../views/index.ts';
import type { AdminDesk, AdminObject } from './admin-desk.ts';
import type { AdminKind } from './admin-kinds.ts';
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
    if (kind.fields.length > 0 && (await desk.may(user, 'create', kind.resource)))
      views.push({
        action,
        legend: t.adminNew,
        submit: t.savePassword,
        hidden: {},
        fields: fieldsOf(t, kind, undefined, typed),
      });
    if (kind.resource === 'signingkeys' && (await desk.may(user, 'create', 'keyrotations')))
      views.push({ action, legend: t.adminRotate, submit: t.adminRotateNow, hidden: {}, fields: [] });
    return views;
  }

  /** With what was typed, where that was refused. */
  function fieldsOf(t: Messages, { fields }: AdminKind, current: AdminObject | undefined, typed: Typed) {
    return fields
      .filter(({ onlyNew, onlyOld }) => (current === undefined ? !onlyOld : !onlyNew))
      .map(({ name, label, type, read }) => {
        const value = current === undefined ? undefined : read(current);
        const text = value === true ? 'yes' : Array.isArray(value) ? value.join(', ') : String(value || '');
        return { name, label: t[label], type, value: typed === undefined ? text : (typed[name] ?? '') };
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
    const isFixed = ['Static', 'BuiltIn'].includes(String(object.status?.['source']));
    const bare = (what: string, label: string) => ({
      action,
      legend: label,
      submit: label,
      hidden: { do: what },
      fields: [],
    });
    const views: AdminFormView[] = [];
    if (kind.fields.length > 0 && !isFixed && (await may('update')))
      views.push({
        action,
        legend: t.adminChange,
        submit: t.savePassword,
        hidden: { do: 'update', revision: resourceVersion },
        fields: fieldsOf(t, kind, object, typed),
      });
    for (const { subresource, label } of kind.actions)
      if (!(isFixed && subresource === 'reset') && (await may('create', `${kind.resource}/${subresource}`)))
        views.push(bare(subresource, t[label]));
    if (kind.deletion !== undefined && !isFixed && (await may('delete')))
      views.push(bare('delete', t[kind.deletion]));
    return views;
  }

  return { ofList, ofObject };
}
