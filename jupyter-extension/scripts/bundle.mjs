// Bundles what the kernel injects: dist/notesync.js, and the widget's module, dist/widget.js;
// each one minified ES module. Prints their sizes.
import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';

const LIMIT = 57_000; // Bytes; what the injected script may add to a page.

const bundles = [
  ['src/entries/script.ts', 'dist/notesync.js'],
  ['src/entries/widget.ts', 'dist/widget.js'],
];

for (const [entry, outfile] of bundles) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const bytes = readFileSync(outfile);
  process.stdout.write(`${outfile}: ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped\n`);
  if (bytes.length > LIMIT) throw new Error(`${outfile} is over ${LIMIT} bytes`);
}
