import { openDoor } from './door.ts';
import { replayRbacWrites } from './replay-rbac-writes.ts';

replayRbacWrites(openDoor);
