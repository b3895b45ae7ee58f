/** What a user is to the queue: its seats in use and its requests that wait. */
export interface Flow {
  readonly name: string;
  /** Seats in use. */
  readonly executing: number;
  /** Requests that wait, the oldest first. */
  readonly waiting: ReadonlySet<Waiter>;
  /** Gives one of the flow's seats back; made once a flow, so that a request needs no function of its own. */
  readonly release: () => void;
}

/** Called once, when the request has got its seat. One function a request: it is the request's place in the queue. */
export type Waiter = () => void;

export interface FairQueueLimits {
  /** Requests that execute at the same time. */
  readonly seats: number;
  /** How many of them may be one flow's, so that slow requests of one can't hold all. */
  readonly seatsPerFlow: number;
  /** Requests of one flow that wait. */
  readonly queueLength: number;
}

export interface FairQueue {
  /** The flow of that name, to be used at once and not kept: one that does nothing may be forgotten. */
  flow(name: string): Flow;
  /** Takes a free seat. @returns false when there is none for this flow; then it may wait */
  take(flow: Flow): boolean;
  /** Waits for a seat, after `take` has found none. @returns false when the flow's queue is full */
  wait(flow: Flow, waiter: Waiter): boolean;
  /** Gives up waiting; nothing for a waiter that has got its seat. */
  leave(flow: Flow, waiter: Waiter): void;
  /** Seats in use. */
  executing(): number;
  waiting(): number;
}

interface OpenFlow extends Flow {
  executing: number;
  readonly waiting: Set<Waiter>;
}

/** Flows that do nothing and are kept, so that a user who comes back costs no new one. */
const REMEMBERED = 1_000;

/**
 * Shares a number of seats among flows: while some wait, each freed seat goes to the next flow in turn, to its oldest
 * request. Free seats are never kept from a request that may have one.
 *
 * Held at all times: a flow is in `ready` exactly when it waits and is below its share, and `ready` is empty while a
 * seat is free. So whoever finds a free seat and is below its share passes nobody.
 *
 * In the spirit of Kubernetes' API Priority and Fairness (KEP-1040) with one priority level: a queue a user instead of
 * shuffle sharding, turns instead of virtual time, one seat for every request.
 */
export function createFairQueue({ seats, seatsPerFlow, queueLength }: FairQueueLimits): FairQueue {
  const flows = new Map<string, OpenFlow>();
  /** Whose turn it is: the first. */
  const ready = new Set<OpenFlow>();
  let executing = 0;
  let waiting = 0;

  function open(name: string): OpenFlow {
    const flow: OpenFlow = { name, executing: 0, waiting: new Set(), release: () => release(flow) };
    flows.set(name, flow);
    return flow;
  }

  function seat(flow: OpenFlow): void {
    executing++;
    flow.executing++;
  }

  function release(flow: OpenFlow): void {
    executing--;
    flow.executing--;
    if (waiting > 0) {
      line(flow);
      dispatch();
    }
    forget(flow);
  }

  /** Puts a flow at the end of the line, or out of it; one that is in line keeps its place. */
  function line(flow: OpenFlow): void {
    if (flow.waiting.size > 0 && flow.executing < seatsPerFlow) ready.add(flow);
    else ready.delete(flow);
  }

  function dispatch(): void {
    while (executing < seats) {
      const [flow] = ready;
      const [next] = flow?.waiting ?? [];
      if (flow === undefined || next === undefined) return;
      ready.delete(flow);
      flow.waiting.delete(next);
      waiting--;
      seat(flow);
      line(flow);
      next();
    }
  }

  function forget(flow: OpenFlow): void {
    if (flows.size > REMEMBERED && flow.executing === 0 && flow.waiting.size === 0) flows.delete(flow.name);
  }

  return {
    flow: (name) => flows.get(name) ?? open(name),
    take(given) {
      const flow = given as OpenFlow;
      if (executing >= seats || flow.executing >= seatsPerFlow) return false;
      seat(flow);
      return true;
    },
    wait(given, waiter) {
      const flow = given as OpenFlow;
      if (flow.waiting.size >= queueLength) {
        forget(flow);
        return false;
      }
      flow.waiting.add(waiter);
      waiting++;
      line(flow);
      return true;
    },
    leave(given, waiter) {
      const flow = given as OpenFlow;
      if (!flow.waiting.delete(waiter)) return;
      waiting--;
      line(flow);
      forget(flow);
    },
    executing: () => executing,
    waiting: () => waiting,
  };
}
