import type { Keyring } from '@ardor/crypto/keyring';
import { withBreaker } from '@ardor/gateways/circuit-breaker';
import type { Gateway } from '@ardor/gateways/gateway';
import { createSimulatorGateway } from '@ardor/gateways/simulator/gateway';
import { hostOf, type DependencyLog } from '@ardor/runtime/observability/dependency-log';
import type { WorkerConfig } from './config.js';
import type { WorkerTiming } from './timing.js';

/** After this many calls in a row to a carrier that was unavailable, it is not called for a while. */
const BREAKER_FAILURES = 10;
/** Open calls to the carrier; jobs beyond that share its connections. */
const GATEWAY_CONNECTIONS = 128;

export interface OpenGatewayDeps {
  readonly config: WorkerConfig;
  readonly timing: Pick<WorkerTiming, 'breakerOpenMs'>;
  readonly keyring: Pick<Keyring, 'receiptToken'>;
  readonly dependencies: DependencyLog;
}

/** Opens the gateway of the configured carrier. The caller closes it. Today the simulator is the only carrier. */
export function openGateway({ config, timing, keyring, dependencies }: OpenGatewayDeps): Gateway {
  const host = hostOf(config.simulatorUrl);
  const callbackBase = config.callbackBaseUrl.replace(/\/$/, '');
  const simulator = createSimulatorGateway({
    url: config.simulatorUrl,
    callbackUrl: (id) => `${callbackBase}/receipts/simulator/${id}/${keyring.receiptToken(id)}`,
    timeoutMs: config.gatewayTimeoutMs,
    connections: GATEWAY_CONNECTIONS,
    deduplicates: config.simulatorDeduplicates,
    observer: {
      failed: (error) => dependencies.failed('carrier', error, host),
      succeeded: () => dependencies.succeeded('carrier', host),
    },
  });
  return withBreaker(simulator, { failures: BREAKER_FAILURES, openMs: timing.breakerOpenMs });
}
