/** The toy study on a worker thread. */
import { serve } from '../../sim/experiment/serve.ts';
import { toyStudy } from './toy-study.ts';

serve(toyStudy());
