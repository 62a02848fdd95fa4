/** Does runs on a worker thread; started by the pool of sim/experiment. */
import { serve } from '../sim/experiment/serve.ts';
import { study } from './study.ts';

serve(study);
