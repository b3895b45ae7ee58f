/** A body that claims to be Kubernetes protobuf and is not; the message is fit for a 400. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}
