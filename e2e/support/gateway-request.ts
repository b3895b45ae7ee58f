import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import type { Sallyport } from './sallyport.ts';

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

export interface GatewayRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** One HTTPS request to the gateway, its certificate checked against the CA that it made. */
export function askGateway(
  sallyport: Sallyport,
  path: string,
  options: GatewayRequest = {},
): Promise<GatewayAnswer> {
  const ca = readFileSync(join(sallyport.dataDir, 'ca.crt'));
  return new Promise((done, failed) => {
    const { method = 'GET', headers = {}, body, signal } = options;
    const asked = request(
      `${sallyport.gateway}${path}`,
      { method, headers, ca, agent: false, ...(signal === undefined ? {} : { signal }) },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', failed);
        answer.on('end', () => done({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      },
    );
    asked.on('error', failed);
    asked.end(body);
  });
}
