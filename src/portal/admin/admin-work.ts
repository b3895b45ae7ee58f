import type { AdminDesk, AdminObject, DeskAnswer } from './admin-desk.ts';
import type { AdminAction, AdminKind, AdminOnce } from './admin-kinds.ts';
import { apiObject, apiPath, wantedObject } from './admin-objects.ts';
import type { Officer } from './officers.ts';

/** How it went, and where to go on. */
export interface Done {
  readonly answer: DeskAnswer;
  /** Of the object whose page comes next; undefined: the list does. */
  readonly name: string | undefined;
  /** What was sent had fields to be typed into. */
  readonly isForm: boolean;
  /** What the next page shows once. */
  readonly once?: AdminOnce | undefined;
}

/** A form's field. */
type Read = (name: string) => string | undefined;

/** What forms have done, each by the admin API in the name of who has sent it. */
export interface AdminWork {
  /** A form on the page of all objects: makes one. */
  onList(officer: Officer, kind: AdminKind, read: Read): Promise<Done>;
  /** A form on the page of one: changes it, takes it away, or does what its kind has besides. */
  onObject(officer: Officer, kind: AdminKind, name: string, read: Read): Promise<Done>;
}

export function createAdminWork(desk: Pick<AdminDesk, 'ask' | 'may'>): AdminWork {
  async function act({ user }: Officer, kind: AdminKind, action: AdminAction, name: string): Promise<Done> {
    const answer = await desk.ask(user, {
      method: 'POST',
      target: apiPath(kind.resource, name, action.subresource),
      body: apiObject(action.kind, { spec: {} }),
    });
    const once = answer.done ? action.shows?.(answer.body as AdminObject) : undefined;
    return { answer, name, isForm: false, once };
  }

  async function make(officer: Officer, kind: AdminKind, read: Read): Promise<Done> {
    const { user } = officer;
    const answer = await desk.ask(user, {
      method: 'POST',
      target: apiPath(kind.resource),
      body: wantedObject(kind, read),
    });
    if (!answer.done) return { answer, name: undefined, isForm: true };
    const object = answer.body as AdminObject;
    const { name = '' } = object.metadata;
    const first = kind.actions.find(({ subresource }) => subresource === kind.firstly);
    const isDone =
      first !== undefined &&
      first.isFor?.(object) !== false &&
      (await desk.may(user, 'create', `${kind.resource}/${first.subresource}`));
    return isDone ? act(officer, kind, first, name) : { answer, name, isForm: true };
  }

  async function change({ user }: Officer, kind: AdminKind, name: string, read: Read): Promise<Done> {
    const target = apiPath(kind.resource, name);
    const current = await desk.ask(user, { method: 'GET', target });
    const answer = current.done
      ? await desk.ask(user, {
          method: 'PUT',
          target,
          body: wantedObject(kind, read, current.body as AdminObject),
        })
      : current;
    return { answer, name, isForm: true };
  }

  return {
    async onList(officer, kind, read) {
      if (kind.resource !== 'signingkeys') return make(officer, kind, read);
      const answer = await desk.ask(officer.user, {
        method: 'POST',
        target: apiPath('keyrotations'),
        body: apiObject('KeyRotation', { spec: {} }),
      });
      return { answer, name: undefined, isForm: false };
    },
    async onObject(officer, kind, name, read) {
      const what = read('do');
      const action = kind.actions.find(({ subresource }) => subresource === what);
      if (action !== undefined) return act(officer, kind, action, name);
      if (what !== 'delete') return change(officer, kind, name, read);
      const answer = await desk.ask(officer.user, {
        method: 'DELETE',
        target: apiPath(kind.resource, name),
      });
      return { answer, name: answer.done ? undefined : name, isForm: false };
    },
  };
}
