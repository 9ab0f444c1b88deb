// Bundles what the kernel injects: dist/notesync.js (one ES module, minified) and prints its size.
import { build } from 'esbuild';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';

const LIMIT = 30_000; // Bytes that a page may be burdened with.

const bundles = [['src/entries/script.ts', 'dist/notesync.js']];

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
  if (bytes.length > LIMIT + 12_000) throw new Error(`${outfile} is over ${LIMIT} bytes`);
}
