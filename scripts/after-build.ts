/** What `npm run build` does after the compiler: the command may be executed, and the chart library is packed once. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './package.ts';
import { packedLibraryFile, packLibrary } from './report/plotly.ts';

chmodSync(join(packageFolder, 'dist', 'scripts', 'nowsim.js'), 0o755);
writeFileSync(packedLibraryFile, JSON.stringify(await packLibrary()));
