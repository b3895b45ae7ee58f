import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** On a clean machine nobody knows yet which files last long. */
const LONGEST = [
  'pages/matrix',
  'questions',
  'kubectl',
  'recorded',
  'docs',
  'pages/journeys',
  'real-cluster',
  'etcd-store',
  'streaming',
  'access-requests',
  'client-matrix',
  'admin',
  'filtered-lists',
  'plugin',
  'docs-commands',
  'audit-webhook',
  'helm',
  'killed',
  'explained-403',
  'restart',
].map((name) => `/e2e/${name}.test.ts`);

/** Begins with the files that last longest: the last one to begin would keep one worker busy when the others have no more to do. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex((end) => moduleId.endsWith(end));
      return found === -1 ? LONGEST.length : found;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}
