import { openDoor } from './door.ts';
import { replayPostFilter } from './replay-post-filter.ts';

replayPostFilter(openDoor, true);
