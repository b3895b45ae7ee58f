import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type Config, type GatewayConfig, type ListenAddress, readNamedFile } from '../config/index.ts';
import {
  createForwardAuth,
  createService,
  createServiceLimits,
  type GatewayMetrics,
  guardConnections,
  keepCertificate,
  type LimitEvents,
  openToEverybody,
  type PipelineDeps,
  type Service,
  type ServiceLimits,
  type ServingCertificate,
  serverOptions,
  shedLoad,
} from '../gateway/index.ts';
import { createSecureHttpServer, drain, followConnections, type SecureServerOptions } from '../http/index.ts';
import type { Log } from '../telemetry/index.ts';
import { hostPort, PATIENCE, serve } from './serve.ts';

export interface OpenServicesDeps
  extends Pick<PipelineDeps, 'authenticate' | 'authorize' | 'auditor' | 'notReady' | 'streams'> {
  readonly config: Config;
  readonly gateway: GatewayConfig;
  /** The gateway's own certificate, as it is now. */
  certificate(): Promise<ServingCertificate>;
  readonly limitEvents: LimitEvents;
  isOverloaded(): boolean;
  readonly metrics: GatewayMetrics | undefined;
  readonly log: Log;
}

type Closer = () => Promise<void> | void;

/** An upload may take longer than a request to the Kubernetes API. Milliseconds; Node's own default. */
const UPLOAD_TIMEOUT = 300_000;

/** Opens the door in front of HTTP services, and the one that proxies ask. */
export async function openServices(deps: OpenServicesDeps): Promise<{ close(): Promise<void> }> {
  const { gateway } = deps;
  void warnOfOpenPaths(deps).catch((error: unknown) =>
    deps.log.warn({ err: error }, 'what is open to everybody could not be asked'),
  );
  const closers: Closer[] = [];
  const close = async () => void (await Promise.all(closers.map((end) => end())));
  try {
    for (const [index, service] of gateway.services.entries()) {
      closers.push(...(await openService(service, `gateway.services[${index}]`, deps)));
    }
    if (gateway.forwardAuth !== undefined) {
      closers.push(...(await openForwardAuth(gateway.forwardAuth, deps)));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

async function openService(
  options: GatewayConfig['services'][number],
  key: string,
  deps: OpenServicesDeps,
): Promise<Closer[]> {
  const { config, log } = deps;
  const { certificateAuthority, tlsCert, tlsKey } = options;
  const limits = limitsOf(options, deps);
  deps.metrics?.services.show(new URL(options.upstream).origin, limits);
  const service: Service = createService(
    {
      ...options,
      access: options,
      upstream: {
        origin: new URL(options.upstream).origin,
        certificateAuthority:
          certificateAuthority &&
          readNamedFile(config.file, `${key}.certificateAuthority`, certificateAuthority),
      },
    },
    {
      ...deps,
      limits,
      log: log.child({ door: 'service', upstream: options.upstream }),
    },
  );
  const load =
    tlsCert === undefined || tlsKey === undefined
      ? deps.certificate
      : async (): Promise<ServingCertificate> => {
          const certificate = readNamedFile(config.file, `${key}.tlsCert`, tlsCert);
          const privateKey = readNamedFile(config.file, `${key}.tlsKey`, tlsKey);
          return { certificate, privateKey, certificateAuthority: certificate };
        };
  try {
    const served = await serveTls(options.https, `${key}.https`, load, deps, {
      requestTimeout: UPLOAD_TIMEOUT,
      handler: shedLoad(service.handle, deps.isOverloaded, deps.limitEvents),
      mayUpgrade: service.mayUpgrade,
      onUpgrade: service.onUpgrade,
    });
    log.info({ upstream: options.upstream }, `a service is at https://${hostPort(options.https)}`);
    return [() => service.close(Promise.resolve(served()))];
  } catch (error) {
    await service.close(Promise.resolve());
    throw error;
  }
}

/** Each service has turns of its own, in the measure of the gateway's unless it says otherwise. */
function limitsOf(
  { limits: { maxBodyMiB, concurrency, concurrencyPerUser } }: GatewayConfig['services'][number],
  { gateway: { limits }, limitEvents }: OpenServicesDeps,
): ServiceLimits {
  return createServiceLimits({
    limits: {
      ...limits,
      requestTimeout: UPLOAD_TIMEOUT,
      bodyBytes: maxBodyMiB === 0 ? Number.POSITIVE_INFINITY : maxBodyMiB * 1024 * 1024,
      concurrency: concurrency ?? limits.concurrency,
      concurrencyPerUser:
        concurrencyPerUser ?? (concurrency === undefined ? limits.concurrencyPerUser : undefined),
    },
    events: limitEvents,
    now: () => performance.now(),
  });
}

async function openForwardAuth(
  options: NonNullable<GatewayConfig['forwardAuth']>,
  deps: OpenServicesDeps,
): Promise<Closer[]> {
  const { config, log } = deps;
  const answer: RequestListener = createForwardAuth(options, {
    ...deps,
    log: log.child({ door: 'forwardAuth' }),
  });
  const handler = shedLoad(answer, deps.isOverloaded, deps.limitEvents);
  const closers: Closer[] = [];
  if (options.http !== undefined) {
    const plain = createHttpServer(serverOptions(deps.gateway.limits), handler);
    guardConnections(plain, deps.gateway.limits, deps.limitEvents);
    const setting = 'gateway.forwardAuth.http';
    const server = await serve(plain, options.http, 'forward-auth', setting, config);
    closers.push(() => drain(server));
  }
  if (options.https !== undefined) {
    const answering = { handler, mayUpgrade: () => false, onUpgrade: () => {} };
    const setting = 'gateway.forwardAuth.https';
    closers.push(await serveTls(options.https, setting, deps.certificate, deps, answering));
  }
  return closers;
}

/** @returns what stops it */
async function serveTls(
  address: ListenAddress,
  setting: string,
  load: () => Promise<ServingCertificate>,
  { config, gateway: { limits }, limitEvents, log }: OpenServicesDeps,
  options: Pick<SecureServerOptions, 'handler' | 'mayUpgrade' | 'onUpgrade'> & {
    readonly requestTimeout?: number;
  },
): Promise<Closer> {
  const certificate = await load();
  const { certificate: cert, privateKey: key } = certificate;
  const listening = createSecureHttpServer({ ...PATIENCE, ...serverOptions(limits), ...options, cert, key });
  guardConnections(listening, limits, limitEvents);
  const connections = followConnections(listening);
  const server = await serve(listening, address, 'the gateway', setting, config);
  const certificates = keepCertificate(certificate, { server, load, log });
  return () => {
    certificates.close();
    return drain(server, connections);
  };
}

/** Deny by default is not what an operator gets whose service keeps secrets below /api. */
async function warnOfOpenPaths({ gateway, authorize, log }: OpenServicesDeps): Promise<void> {
  const byPath = [
    ...gateway.services.map((service) => ({ ...service, service: service.upstream })),
    ...(gateway.forwardAuth?.services ?? []).map((service) => ({ ...service, service: service.name })),
  ].filter(({ authorization, allowPaths }) => !authorization.resourceAttributes && allowPaths.length === 0);
  const paths = byPath.length === 0 ? [] : await openToEverybody(authorize);
  if (paths.length === 0) return;
  for (const { service } of byPath) {
    log.warn(
      { service, paths },
      "everybody with a token may GET these paths by Kubernetes' default roles; if the service has them, use resourceAttributes or allowPaths",
    );
  }
}
