import { StatusError } from '../../kube/index.ts';

const mostAttempts = 5;

/**
 * Does work that looks before it writes, again when another process on the same store was faster: what that one has
 * written is found then.
 */
export async function retryOvertaken<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StatusError) || attempt === mostAttempts) throw error;
    }
  }
}
