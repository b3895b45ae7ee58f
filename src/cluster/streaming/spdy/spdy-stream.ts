import { Duplex } from 'node:stream';
import type { StreamHeaders } from './header-block.ts';
import type { SendWindow } from './send-window.ts';

/** What a stream needs of its connection. */
export interface StreamLink {
  /** Resolves when the connection has taken the bytes; rejects when it is gone. */
  sendData(streamId: number, data: Buffer, fin: boolean): Promise<void>;
  sendReset(streamId: number): void;
  /** The stream has taken bytes; the peer may send as many more. */
  sendWindowUpdate(streamId: number, delta: number): void;
  closed(streamId: number): void;
  /** Whether the peer has shown that it knows windows, and so sends no more than it may. */
  keepsWindows(): boolean;
}

/** Bytes of one data frame at most. */
const maxFrameData = 32 * 1024;
/** Bytes of a stream that wait to be read before its connection waits too. */
const maxWaiting = 64 * 1024;

/** One stream of a SPDY connection. It ends each way by itself; to destroy it early resets it. */
export class SpdyStream extends Duplex {
  readonly id: number;
  readonly headers: StreamHeaders;
  readonly window: SendWindow;
  private readonly link: StreamLink;
  private unacknowledged = 0;
  private isPeerDone = false;
  private isOwnDone = false;
  private resumeDelivery: (() => void) | undefined;

  constructor(id: number, headers: StreamHeaders, window: SendWindow, link: StreamLink) {
    super({ readableHighWaterMark: maxWaiting, allowHalfOpen: true });
    this.id = id;
    this.headers = headers;
    this.window = window;
    this.link = link;
  }

  /**
   * Bytes from the peer. Resolves when there is room for more. A peer that keeps to its window is not made to wait here:
   * among what would wait with it may be the update that this end waits for itself.
   */
  async deliver(data: Buffer, fin: boolean): Promise<void> {
    if (this.destroyed || this.isPeerDone) return;
    this.unacknowledged += data.length;
    const hasRoom = data.length === 0 || this.push(data);
    if (fin) {
      this.isPeerDone = true;
      this.push(null);
    } else if (!hasRoom && !(this.link.keepsWindows() && this.readableLength <= 2 * maxWaiting)) {
      await new Promise<void>((resume) => {
        this.resumeDelivery = resume;
      });
    }
  }

  /** The peer has given the stream up, or the connection is gone. */
  abort(reason?: Error): void {
    this.isPeerDone = true;
    this.isOwnDone = true;
    this.destroy(reason);
  }

  override _read(): void {
    this.resumeDelivery?.();
    this.resumeDelivery = undefined;
    if (this.unacknowledged < maxWaiting / 2 || this.isPeerDone) return;
    this.link.sendWindowUpdate(this.id, this.unacknowledged);
    this.unacknowledged = 0;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.sendAll(chunk).then(() => done(), done);
  }

  private async sendAll(chunk: Buffer): Promise<void> {
    for (let rest = chunk; rest.length > 0 && !this.isOwnDone; ) {
      const taken = await this.window.take(Math.min(rest.length, maxFrameData));
      await this.link.sendData(this.id, rest.subarray(0, taken), false);
      rest = rest.subarray(taken);
    }
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.isOwnDone) {
      done();
      return;
    }
    this.isOwnDone = true;
    this.link.sendData(this.id, Buffer.alloc(0), true).then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const isComplete = this.isPeerDone && this.isOwnDone;
    if (!isComplete) this.link.sendReset(this.id);
    this.isOwnDone = true;
    this.window.open();
    this.resumeDelivery?.();
    this.link.closed(this.id);
    done(error);
  }
}
