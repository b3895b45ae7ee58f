/**
 * ResourceQuotas: what objects use of them, and whether there is enough left. It counts and decides; whoever creates an object
 * spends what it uses in the same transaction.
 */
export { chargeQuotas } from './charge-quotas.ts';
export { countUsage, type Quota } from './count-usage.ts';
