import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** A load balancer whose next requests go where it is told: as if chance would have it so. */
export interface Switch {
  readonly port: number;
  turnTo(port: number): void;
  close(): void;
}

export async function openSwitch(): Promise<Switch> {
  let port = 0;
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const target = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
      answered.pipe(answer);
    });
    target.on('error', () => answer.destroy());
    asked.pipe(target);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    turnTo(next) {
      port = next;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
