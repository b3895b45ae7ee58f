/** How many bytes the peer still takes. Source: SPDY protocol draft 3.1, section 2.6.8. */
export interface SendWindow {
  /** The peer takes more, or by SETTINGS less. */
  grow(delta: number): void;
  /** Waits until something may be sent, and takes at most `wanted` bytes of it. */
  take(wanted: number): Promise<number>;
  /** Whoever waits gets what it wants: the stream is over and it will find out. */
  open(): void;
}

export const defaultWindow = 64 * 1024;

/**
 * Kubernetes' clients (moby/spdystream) never say how much they take and expect to be sent everything: so the window counts
 * from the start, but holds only a peer that has shown that it knows windows. The others are held by their connection's
 * own pace.
 * @param isKept whether the peer has shown it
 */
export function createSendWindow(isKept: () => boolean, initial = defaultWindow): SendWindow {
  let left = initial;
  let isOpen = false;
  let waiting: (() => void)[] = [];

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  }

  return {
    grow(delta) {
      left += delta;
      wake();
    },
    async take(wanted) {
      while (isKept() && !isOpen && left <= 0) await new Promise<void>((resume) => waiting.push(resume));
      const taken = isKept() && !isOpen ? Math.min(wanted, left) : wanted;
      left -= taken;
      return taken;
    },
    open() {
      isOpen = true;
      wake();
    },
  };
}
