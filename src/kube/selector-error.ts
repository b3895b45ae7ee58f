/** A label or field selector that cannot be parsed; the message is kube-apiserver's. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}
