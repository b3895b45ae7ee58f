import { expired } from '../../kube/index.ts';

/** What a client whose list can't be continued is told. Source: Kubernetes apiserver/pkg/storage/errors.go. */
export function listAnew(): Error {
  return expired(
    'The provided continue parameter is too old to display a consistent list result. You must start a new list without ' +
      'the continue parameter.',
  );
}
