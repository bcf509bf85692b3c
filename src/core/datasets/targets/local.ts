/** This machine: what the embedded engine trains on. */

import { FORMATS } from '../formats/table.ts';
import type { Target } from './target.ts';

const trained = FORMATS.filter(({ trainsAs, trainingFault }) => trainsAs !== undefined && !trainingFault);

export const LOCAL_TARGETS: readonly Target[] = [
  {
    id: 'local-sft', title: 'this machine (SFT)', technique: 'sft',
    formats: trained.map(({ id }) => id), kinds: ['conversation', 'preference', 'ranking'],
  },
  {
    id: 'local-dpo', title: 'this machine (DPO)', technique: 'dpo',
    formats: trained.filter(({ trainsAs }) => trainsAs === 'preference').map(({ id }) => id), kinds: ['preference', 'ranking'],
  },
];
