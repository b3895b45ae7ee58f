import type { StoreChoice } from '../../cli/index.ts';
import { createMemoryStore, openSqliteStore, type Store } from '../../store/index.ts';

/** @throws StoreOpenError when the file cannot be used */
export async function openClusterStore(
  choice: StoreChoice,
  onError: (error: unknown) => void,
): Promise<Store> {
  return choice.type === 'memory' ? createMemoryStore() : openSqliteStore({ file: choice.file, onError });
}
