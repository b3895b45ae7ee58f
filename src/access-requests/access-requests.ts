import { invalid, serviceUnavailable } from '../kube/index.ts';
import type { StoreWatch } from '../store/index.ts';
import {
  type AccessRequest,
  isOpen,
  type RequestName,
  type Saying,
  type StoredRequest,
} from './access-request.ts';
import type { Authority, Bindings } from './bindings.ts';
import { type AccessAction, type Recorder, recorded } from './happening.ts';
import { messageErrors, newRequest, type RequestBounds, type WantedAccess } from './new-request.ts';
import { isSamePerson, personOf } from './person.ts';
import {
  GROUP,
  hasEnded,
  kindOf,
  nameTaken,
  nobodyInParticular,
  noSuchRequest,
  notPending,
  tooManyKept,
  tooManyOpen,
  wasChanged,
} from './refusals.ts';
import type { PageQuery, RequestPage, RequestStore, RequestWatchHandlers, Scope } from './request-store.ts';
import { confirmMayApprove, confirmMayDelete, confirmMayDeny, confirmMayRevoke } from './rights.ts';
import { bindingOf } from './role-binding.ts';
import { settle } from './settle.ts';
import { approved, denied, revoked } from './transitions.ts';

export interface Act {
  readonly authority: Authority;
  /** Everything is checked and nothing done. */
  readonly dryRun: boolean;
  /** Only when it is this one. */
  readonly uid?: string | undefined;
  /** The id of the request that it comes by, for the trail. */
  readonly requestId?: string | undefined;
}

export interface DecisionAct extends Act {
  /** In words, for who asked; '' for none. */
  readonly message: string;
}

/**
 * Requests for access to one cluster. Everything throws StatusErrors as Kubernetes words them; who may what is asked of the
 * act's authority. Nothing is answered before it is stored and recorded.
 */
export interface AccessRequests {
  list(query: PageQuery): Promise<RequestPage>;
  watch(scope: Scope, after: number, handlers: RequestWatchHandlers): StoreWatch;
  get(name: RequestName): Promise<StoredRequest | undefined>;
  /** Those that somebody has made, the newest first. */
  askedBy(authority: Pick<Authority, 'user' | 'caller'>): Promise<readonly StoredRequest[]>;
  create(wanted: WantedAccess, act: Act): Promise<AccessRequest>;
  /** When it is answered, the binding is there, unless the cluster could not be reached meanwhile. */
  approve(name: RequestName, act: DecisionAct): Promise<AccessRequest>;
  deny(name: RequestName, act: DecisionAct): Promise<AccessRequest>;
  /** When it is answered, the binding is gone, unless the cluster could not be reached meanwhile. */
  revoke(name: RequestName, act: DecisionAct): Promise<AccessRequest>;
  /** Ends it first where it is open. @throws StatusError 503 when its binding could not be taken away */
  delete(name: RequestName, act: Act): Promise<void>;
}

export interface AccessRequestsDeps {
  readonly requests: RequestStore;
  readonly bindings: Bindings;
  readonly bounds: RequestBounds;
  readonly record: Recorder;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: { warn(fields: object, message: string): void };
}

/** One who asks for more is not waiting for anybody. */
const MOST_OPEN = 20;
/** Of one's own, with those that have ended and are kept. */
const MOST_KEPT = 500;
/** Writers at one request at the same time each need another look. */
const MOST_ATTEMPTS = 100;

export function createAccessRequests(deps: AccessRequestsDeps): AccessRequests {
  const { requests, bindings, bounds, now } = deps;

  async function mustGet(name: RequestName): Promise<StoredRequest> {
    const found = await requests.get(name);
    if (found === undefined) throw noSuchRequest(name);
    return found;
  }

  /** Looks, asks whether it may be, and makes it so; anew when somebody else was faster. */
  async function change(
    name: RequestName,
    { dryRun, uid }: Act,
    next: (current: StoredRequest) => Promise<AccessRequest>,
  ): Promise<StoredRequest> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const current = await mustGet(name);
      if (uid !== undefined && current.uid !== uid) throw wasChanged(name);
      const wanted = await next(current);
      const done = dryRun
        ? { ...wanted, revision: current.revision }
        : await requests.replace(current, wanted);
      if (done !== undefined) return done;
    }
    throw wasChanged(name);
  }

  /** A dry run leaves no trace. */
  function tracked<T extends AccessRequest>(
    action: AccessAction,
    about: RequestName,
    { authority, dryRun, requestId }: Act,
    work: () => Promise<T>,
  ): Promise<T> {
    if (dryRun) return work();
    const { namespace, name } = about;
    const by = personOf(authority);
    return recorded(deps, { action, by, request: { namespace, name }, requestId }, work);
  }

  /** What the cluster has to do for it is tried now; who sweeps tries again. */
  async function settled(request: StoredRequest, { dryRun }: Act): Promise<AccessRequest> {
    return dryRun ? request : settle(deps, request);
  }

  async function askedBy(authority: Pick<Authority, 'user' | 'caller'>): Promise<StoredRequest[]> {
    const person = personOf(authority);
    const all: StoredRequest[] = [];
    for (const scope of ['cluster', 'namespaces'] as const) {
      const { items } = await requests.list({ scope });
      all.push(...items.filter(({ requester }) => isSamePerson(requester, person)));
    }
    return all.sort((a, b) => b.createdAt - a.createdAt);
  }

  async function approve(name: RequestName, act: DecisionAct): Promise<StoredRequest> {
    const { authority } = act;
    return change(name, act, async (current) => {
      await confirmMayApprove(bindings, current, authority);
      const next = approved(current, sayingOf(act));
      if (next === undefined) throw notPending(current, now());
      // What is wrong with it is told to who approves, and not found out afterwards.
      await bindings.tryWrite(bindingOf(next));
      return next;
    });
  }

  /** @throws StatusError 422 */
  function sayingOf({ authority, message }: DecisionAct): Saying {
    return { by: personOf(authority), at: now(), message: message.trim() };
  }

  function confirmMessage(name: RequestName, { message }: DecisionAct): void {
    const errors = messageErrors('spec.message', message);
    if (errors.length > 0) throw invalid({ group: GROUP, kind: kindOf(name) }, name.name, errors);
  }

  return {
    list: (query) => requests.list(query),
    watch: (scope, after, handlers) => requests.watch(scope, after, handlers),
    get: (name) => requests.get(name),
    askedBy,
    create: (wanted, act) =>
      tracked('request', wanted, act, async () => {
        const { authority, dryRun } = act;
        if (authority.user.username === ANONYMOUS) throw nobodyInParticular(wanted);
        const request = newRequest(wanted, personOf(authority), bounds, now());
        const own = await askedBy(authority);
        if (own.filter(isOpen).length >= MOST_OPEN) throw tooManyOpen(MOST_OPEN);
        if (own.length >= MOST_KEPT) throw tooManyKept(MOST_KEPT);
        const isTaken = dryRun && (await requests.get(wanted)) !== undefined;
        const created = isTaken ? undefined : dryRun ? request : await requests.create(request);
        if (created === undefined) throw nameTaken(wanted);
        return created;
      }),
    async approve(name, act) {
      confirmMessage(name, act);
      return settled(await tracked('approve', name, act, () => approve(name, act)), act);
    },
    deny(name, act) {
      confirmMessage(name, act);
      return tracked('deny', name, act, () =>
        change(name, act, async (current) => {
          await confirmMayDeny(current, act.authority);
          const next = denied(current, sayingOf(act));
          if (next === undefined) throw notPending(current, now());
          return next;
        }),
      );
    },
    async revoke(name, act) {
      confirmMessage(name, act);
      const done = await tracked('revoke', name, act, () =>
        change(name, act, async (current) => {
          await confirmMayRevoke(current, act.authority);
          const next = revoked(current, sayingOf(act));
          if (next === undefined) throw hasEnded(current);
          return next;
        }),
      );
      return settled(done, act);
    },
    async delete(name, act) {
      await tracked('delete', name, act, async () => {
        const found = await mustGet(name);
        if (act.uid !== undefined && found.uid !== act.uid) throw wasChanged(name);
        await confirmMayDelete(found, act.authority);
        if (act.dryRun) return found;
        const ended = await endedOf(found, act);
        if (ended.mayBeBound)
          throw serviceUnavailable('the binding of the request could not be taken away yet');
        if (!(await requests.remove(ended))) throw wasChanged(name);
        return ended;
      });
    },
  };

  /** With its binding taken away, as far as that can be done now. */
  async function endedOf(found: StoredRequest, act: Act): Promise<StoredRequest> {
    const ended = await change(found, { ...act, uid: found.uid }, async (current) => {
      return revoked(current, sayingOf({ ...act, message: '' })) ?? current;
    });
    return settle(deps, ended);
  }
}

const ANONYMOUS = 'system:anonymous';
