import { expect } from 'vitest';
import type { TestWatch, WatchEvent } from '../../cluster/support.ts';
import { describeObject, type Model, type Told } from './model.ts';
import type { Filter } from './steps.ts';

/** A client that follows: it remembers the last revision it has heard of, comes back with it, and lists anew at 410. */
export interface Followed {
  /** The connection breaks, and the client goes on at another process perhaps. */
  reconnect(at: number): Promise<void>;
  /** The client is away, until it reconnects. */
  leave(): void;
  isAway(): boolean;
  /** Waits for what the model tells, and compares. */
  confirm(): Promise<void>;
}

export interface FollowDeps {
  readonly model: Model;
  readonly filter: Filter;
  watch(at: number, query: string): Promise<TestWatch>;
}

export function objectOf(object: WatchEvent['object']) {
  const { namespace, name, resourceVersion, labels } = object.metadata;
  const colour = labels?.colour ?? '';
  return { namespace, name, colour, data: object.data?.v ?? '', revision: Number(resourceVersion) };
}

/** @param after the events after this revision are wanted */
export async function follow(
  { model, filter, watch }: FollowDeps,
  at: number,
  after: number,
): Promise<Followed> {
  /** From here on everything must be told. */
  let since = after;
  let last = after;
  /** The model's changes that are of no interest: a client that lists anew has them in its list. */
  let told: Told[] = [];
  let marks: { readonly revision: number; readonly told: number }[] = [];
  let seen = 0;
  let away = false;
  let current = await connect(at);

  function connect(process: number): Promise<TestWatch> {
    seen = 0;
    return watch(process, `${filter.selector}&allowWatchBookmarks=true&resourceVersion=${last}`);
  }

  /** Takes note of what has come; true when the server has sent the client away. */
  function take(): boolean {
    for (const { type, object } of current.events.slice(seen)) {
      seen += 1;
      if (type === 'ERROR') {
        // Nobody is sent away who could go on.
        expect(object.code).toBe(410);
        expect(last).toBeLessThan(model.compacted);
        return true;
      }
      const revision = Number(object.metadata.resourceVersion);
      if (type === 'BOOKMARK') marks.push({ revision, told: told.length });
      else told.push({ revision, text: `${type} ${describeObject(objectOf(object))}` });
      expect(revision).toBeGreaterThanOrEqual(last);
      last = revision;
    }
    return false;
  }

  /** A mark says that everything before it has been told. */
  function checkMarks(expected: readonly Told[]): void {
    for (const mark of marks)
      expect(expected.filter(({ revision }) => revision <= mark.revision).length).toBeLessThanOrEqual(
        mark.told,
      );
  }

  async function listAnew(process: number): Promise<void> {
    [since, last, told, marks] = [model.revision(), model.revision(), [], []];
    current = await connect(process);
  }

  return {
    async reconnect(process) {
      take();
      current.leave();
      current = await connect(process);
      away = false;
    },
    leave() {
      if (!away) take();
      current.leave();
      away = true;
    },
    isAway: () => away,
    async confirm() {
      let isGone = take();
      await expect
        .poll(() => {
          isGone ||= take();
          return isGone || told.length >= model.told(filter, since).length;
        })
        .toBe(true);
      if (isGone) {
        await listAnew(0);
        return;
      }
      expect(told).toEqual(model.told(filter, since));
      checkMarks(model.told(filter, since));
    },
  };
}
