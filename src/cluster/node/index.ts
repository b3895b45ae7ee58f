/**
 * One simulated node: a scheduler and a kubelet whose containers are functions of this process over an in-memory disk. It
 * starts no process, opens no file and no socket. It writes pods and its Node; who may reach into a container is decided
 * before.
 */
export type { Container } from './container/container.ts';
export type { ContainerLog, LogLine } from './container/container-log.ts';
export { createEchoServer } from './echo-server.ts';
export { type Json, objectIn, objectsIn, textIn } from './json.ts';
export type { SimulatedPod } from './pod/simulated-pod.ts';
export { type SimulatedNode, startNode } from './simulated-node.ts';
