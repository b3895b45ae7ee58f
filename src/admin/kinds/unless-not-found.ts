import { AccountError } from '../../identity/index.ts';

/** What is found, or undefined. @throws whatever else went wrong */
export async function unlessNotFound<T>(looked: Promise<T>): Promise<T | undefined> {
  try {
    return await looked;
  } catch (error) {
    if (error instanceof AccountError && error.fault === 'notFound') return undefined;
    throw error;
  }
}
