import { createServer } from 'node:http';
import type { Config } from '../config/index.ts';
import { drain } from '../http/index.ts';
import { answerTelemetry, type Log, Registry } from '../telemetry/index.ts';
import { version } from '../version.ts';
import { PATIENCE, serve } from './serve.ts';

/** A scraper or two and the kubelet; whoever else comes shall not hold the process's memory. */
const MAX_CONNECTIONS = 64;

/** The process's figures and health, on a listener of their own. */
export interface Telemetry {
  readonly registry: Registry;
  /** Tells what readiness is; until then the process is starting, and not ready. @param notReady what is missing, or undefined */
  started(notReady: () => string | undefined): void;
  /** From now on not ready. */
  stopping(): void;
  close(): Promise<void>;
}

/**
 * Opens the listener that the configuration asks for, if any.
 * @throws StartError when the address can't be listened on
 */
export async function openTelemetry(config: Config, log: Log): Promise<Telemetry | undefined> {
  const { http } = config.telemetry;
  if (http === undefined) return undefined;
  const registry = new Registry();
  let notReady = (): string | undefined => 'starting';
  const answers = { expose: () => registry.expose(), notReady: () => notReady() };
  const server = createServer(PATIENCE, (request, response) => {
    answerTelemetry(answers, request, response).catch((error: unknown) => {
      log.error({ err: error }, 'telemetry failed');
      response.destroy();
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  await serve(server, http, 'telemetry', 'telemetry.http', config);
  registry.watchProcess(version);
  return {
    registry,
    started(given) {
      notReady = given;
    },
    stopping() {
      notReady = () => 'stopping';
    },
    close: () => drain(server),
  };
}
