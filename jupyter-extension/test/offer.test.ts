import { describe, expect, it } from 'vitest';
import { readOffer } from '../src/messages';

const TOLD = { notesync: 'offer', protocol: 1, version: '0.1.0', kernel: 'k', laptop: 'http://127.0.0.1:8765' };

describe('the kernel’s invitation', () => {
  it('says whether anybody told the address, or the page may know a better one', () => {
    expect(readOffer({ ...TOLD, label: 'nb', guessed: true })).toEqual({
      kernel: 'k',
      laptop: 'http://127.0.0.1:8765',
      label: 'nb',
      guessed: true,
    });
    expect(readOffer(TOLD)).toEqual({ kernel: 'k', laptop: 'http://127.0.0.1:8765', label: '' });
  });

  it.each([[null], ['offer'], [{ ...TOLD, notesync: 'other' }], [{ ...TOLD, protocol: 2 }]])('is not %j', (told) => {
    expect(readOffer(told)).toBeNull();
  });
});
