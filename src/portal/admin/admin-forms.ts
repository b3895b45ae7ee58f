import type { Request } from 'express';
import type { AdminFormView } from '../../../views/index.ts';
import type { PageHost } from '../../identity/index.ts';
import type { AdminDesk, AdminObject } from './admin-desk.ts';
import type { AdminKind } from './admin-kinds.ts';
import type { Officer } from './officers.ts';

export interface AdminFormsDeps {
  readonly host: PageHost;
  readonly desk: Pick<AdminDesk, 'may'>;
  urlOf(kind: AdminKind, name?: string): string;
}

/** The forms that somebody may use: what would be refused is not offered. */
export interface AdminForms {
  ofList(req: Request, officer: Officer, kind: AdminKind): Promise<AdminFormView[]>;
  ofObject(req: Request, officer: Officer, kind: AdminKind, object: AdminObject): Promise<AdminFormView[]>;
}

export function createAdminForms({ host, desk, urlOf }: AdminFormsDeps): AdminForms {
  const { forms } = host;

  async function ofList(req: Request, { user }: Officer, kind: AdminKind): Promise<AdminFormView[]> {
    const { t } = host.page(req).locale;
    const action = urlOf(kind);
    const views: AdminFormView[] = [];
    if (kind.fields.length > 0 && (await desk.may(user, 'create', kind.resource)))
      views.push({
        action,
        legend: t.adminNew,
        submit: t.savePassword,
        hidden: {},
        fields: fieldsOf(req, kind, undefined),
      });
    if (kind.resource === 'signingkeys' && (await desk.may(user, 'create', 'keyrotations')))
      views.push({ action, legend: t.adminRotate, submit: t.adminRotateNow, hidden: {}, fields: [] });
    return views;
  }

  /** With what was typed, where that was refused. */
  function fieldsOf(req: Request, { fields }: AdminKind, current: AdminObject | undefined) {
    const { t } = host.page(req).locale;
    return fields
      .filter(({ onlyNew, onlyOld }) => (current === undefined ? !onlyOld : !onlyNew))
      .map(({ name, label, type, read }) => {
        const value = current === undefined ? undefined : read(current);
        const text = value === true ? 'yes' : Array.isArray(value) ? value.join(', ') : String(value || '');
        return { name, label: t[label], type, value: forms.field(req, name) ?? text };
      });
  }

  async function ofObject(
    req: Request,
    { user }: Officer,
    kind: AdminKind,
    object: AdminObject,
  ): Promise<AdminFormView[]> {
    const { t } = host.page(req).locale;
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
        fields: fieldsOf(req, kind, object),
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
