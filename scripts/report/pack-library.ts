/** Packs the chart library once, at build time, so that a report need not: `npm run build` runs this. */
import { writeFileSync } from 'node:fs';
import { packedLibraryFile, packLibrary } from './plotly.ts';

writeFileSync(packedLibraryFile, JSON.stringify(await packLibrary()));
