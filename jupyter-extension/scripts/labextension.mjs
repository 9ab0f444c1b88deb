// Builds the prebuilt JupyterLab extension into ../py-launcher/labextension: esbuild makes small modules of our own
// code in lib/, @jupyter/builder makes the federated module that JupyterLab and Notebook 7 load.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';

const require = createRequire(import.meta.url);
rmSync('lib', { recursive: true, force: true });
rmSync('../py-launcher/labextension', { recursive: true, force: true });
await build({
  entryPoints: ['src/entries/labextension.ts'],
  outdir: 'lib',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  external: ['@jupyterlab/*', '@lumino/*'],
  logLevel: 'warning',
});
const builder = require.resolve('@jupyter/builder/lib/build-labextension.js');
const core = require.resolve('@jupyterlab/core-meta/core.package.json');
execFileSync(process.execPath, [builder, '--core-package-file', core, '.'], { stdio: 'inherit' });
