import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MessageError, PROTOCOL_VERSION, readHello, VERSION } from '../src/messages';
import { headOf } from '../src/envelope';
import { codeOf, commitOf } from '../src/pairing';
import manifest from '../package.json';

const PROTOCOL = join(import.meta.dirname, '../../protocol');
const VECTORS = join(PROTOCOL, 'vectors');

interface Test {
  id: number;
  comment: string;
  result: 'valid' | 'invalid';
  code?: string;
  [field: string]: unknown;
}

function tests(suite: string): Test[] {
  return (JSON.parse(readFileSync(join(VECTORS, `${suite}.json`), 'utf8')) as { tests: Test[] }).tests;
}

describe('the protocol’s vectors', () => {
  it('are all known: the browser reads three, the others are other parts’', () => {
    const others = ['batches', 'collisions', 'cursors', 'entries', 'frames', 'ignore', 'journals', 'manifests'];
    const known = ['envelopes', 'hellos', 'pairings', ...others, 'paths', 'recipes', 'symlink-targets', 'trees'];
    const files = readdirSync(VECTORS).filter((name) => name.endsWith('.json'));
    expect(files.sort()).toEqual(known.map((name) => `${name}.json`).sort());
  });

  it.each(tests('pairings'))('pairings $id: $comment', (test) => {
    const { nonce, commit, origin, code } = test as unknown as Record<string, string>;
    expect(commitOf(Uint8Array.from(Buffer.from(nonce ?? '', 'hex')))).toBe(commit);
    expect(codeOf(commit ?? '', origin ?? '')).toBe(code);
  });

  /** JSON.parse knows neither repeated names nor a depth that is too great; of an answer the browser reads one word. */
  const PARSED = ['a field twice', 'nested 1,000 deep'];

  it.each(tests('envelopes').filter(({ comment }) => !PARSED.includes(comment)))(
    'envelopes $id: $comment',
    ({ bytes, json, result }) => {
      const parts = bytes as { text?: string; hex?: string; times?: number }[];
      const raw = Buffer.concat(
        parts.flatMap(({ text, hex, times }) =>
          Array<Buffer>(times ?? 1).fill(text === undefined ? Buffer.from(hex ?? '', 'hex') : Buffer.from(text)),
        ),
      );
      expect(headOf(Uint8Array.from(raw).buffer)).toEqual(result === 'valid' ? json : null);
    },
  );

  it.each(tests('hellos'))('hellos $id: $comment', ({ hello, result, code }) => {
    if (code === 'bad_request') {
      expect(() => readHello(hello)).toThrow(MessageError);
    } else {
      expect(readHello(hello).protocol === PROTOCOL_VERSION).toBe(result === 'valid');
    }
  });
});

describe('the versions', () => {
  it('agree: package, program and contract', () => {
    expect(manifest.version).toBe(VERSION);
    const contract = readFileSync(join(PROTOCOL, 'PROTOCOL.md'), 'utf8');
    expect(/^# The notesync protocol, version (\d+)$/m.exec(contract)?.[1]).toBe(String(PROTOCOL_VERSION));
  });
});
