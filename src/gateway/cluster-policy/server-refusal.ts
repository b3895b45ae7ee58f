import { type ApiAnswer, readText } from '../../kubeconfig/index.ts';
import { isFields } from './read-policy-object.ts';

/** What came back: its body must be read. */
export interface Answer extends Omit<ApiAnswer, 'body'> {
  readonly body: AsyncIterable<Buffer>;
}

/** The API server answers, but not with what was asked for. The message is for the operator's log. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';
  /** 200: the answer can't be understood. */
  readonly status: number;
  /** Seconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const STATUS_BYTES = 1 << 16;

/** Reads what a server that refuses says. */
export async function refusalOf({ status, retryAfter, body }: Answer): Promise<ServerRefusal> {
  let message = '';
  try {
    const value: unknown = JSON.parse(await readText(body, STATUS_BYTES));
    if (isFields(value) && typeof value['message'] === 'string') message = `: ${value['message']}`;
  } catch {
    // No Status: the code says enough.
  }
  return new ServerRefusal(status, `HTTP ${status}${message}`, retryAfter);
}
