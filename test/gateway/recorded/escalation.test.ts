import { openDoor } from './door.ts';
import { replayEscalation } from './replay-escalation.ts';

replayEscalation(openDoor);
