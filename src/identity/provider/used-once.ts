import type { Expiring } from '../../store/index.ts';
import { hashOf, modelKey, type StoredModel } from './stored-model.ts';

/**
 * Whether something that may be used once (the `jti` of a client's assertion) comes for the first time. Of several at once,
 * on whatever replica, exactly one does.
 * @param exp seconds since the epoch, until when it is remembered
 */
export type UsedOnce = (issuer: string, jti: string, exp: number) => Promise<boolean>;

export function createUsedOnce(records: Expiring<StoredModel>): UsedOnce {
  return async (issuer, jti, exp) => {
    const key = modelKey('ReplayDetection', hashOf(JSON.stringify([issuer, jti])));
    return (await records.create(key, { payload: {} }, exp * 1000)) !== undefined;
  };
}
