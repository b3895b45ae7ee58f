import type { Config } from '../config/index.ts';
import { type EventLoopDelay, measureEventLoopDelay } from '../http/index.ts';
import type { Log } from '../telemetry/index.ts';

/** Where no gateway says otherwise; milliseconds. */
const LIMIT = 500;

/** Both doors turn requests away while the process has more to do than it can, and the log says since when. */
export function watchEventLoop({ gateway }: Config, log: Log): EventLoopDelay {
  const limit = gateway?.limits.eventLoopDelay ?? LIMIT;
  return measureEventLoopDelay({
    limit,
    now: () => performance.now(),
    onChange(isTooLong, ms) {
      const fields = { delay_ms: Math.round(ms), limit_ms: limit };
      if (isTooLong) log.warn(fields, 'more to do than this process can: new requests are turned away');
      else log.info(fields, 'requests are taken again');
    },
  });
}
