import { describe, expect, it } from 'vitest';
import { codeOf, commitOf, pair, PairingError } from '../src/pairing';
import { FakeLaptop, settled } from './fakes';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('the pairing code', () => {
  it.each([
    [
      '00'.repeat(32),
      '66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925',
      'https://hub.example',
      'EFY217',
    ],
    [
      '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      '630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd',
      'null',
      'CDW70C',
    ],
    [
      'ff'.repeat(32),
      'af9613760f72635fbdb44a5a0a63c39f12af30f950a6ee5c971be188e89c4051',
      'http://127.0.0.1:8888',
      'KQ8RTB',
    ],
  ])('follows from nonce %s', (nonce, commit, origin, code) => {
    expect(commitOf(bytes(nonce))).toBe(commit);
    expect(codeOf(commit, origin)).toBe(code);
  });

  it('differs between origins', () => {
    const commit = commitOf(new Uint8Array(32));
    expect(codeOf(commit, 'https://a.example')).not.toBe(codeOf(commit, 'https://b.example'));
  });
});

describe('pairing', () => {
  const ask = (laptop: FakeLaptop, shown: string[], signal = new AbortController().signal) =>
    pair(laptop, 'https://hub.example', 'nb.ipynb', (code) => shown.push(code), signal);
  const sentTo = (laptop: FakeLaptop, index: number): Record<string, unknown> => {
    const body = laptop.calls[index]?.call.body;
    return (body && 'json' in body ? body.json : {}) as Record<string, unknown>;
  };

  it('shows the code of its commitment, proves the nonce, and waits for the user', async () => {
    const laptop = new FakeLaptop();
    const shown: string[] = [];
    const paired = ask(laptop, shown);
    const { commit, client } = sentTo(laptop, 0);
    expect(client).toEqual({ kind: 'page', label: 'nb.ipynb', machine: '' });
    laptop.calls[0]?.answer(201, { pairing: 'p1', expires_seconds: 120 });
    await settled();
    expect(shown).toEqual([codeOf(String(commit), 'https://hub.example')]);
    laptop.calls[1]?.answer(200, { state: 'pending' });
    await settled();
    expect(laptop.calls.map(({ call }) => call.path)).toEqual([
      '/v1/pairings',
      '/v1/pairings/p1/claim',
      '/v1/pairings/p1/claim',
    ]);
    expect(commitOf(bytes(String(sentTo(laptop, 2)['nonce'])))).toBe(commit);
    laptop.calls[2]?.answer(200, { state: 'allowed', token: 'T', project: { name: 'shop' } });
    await expect(paired).resolves.toEqual({ token: 'T', project: { name: 'shop' } });
  });

  it('does not show the nonce before the claim', async () => {
    const laptop = new FakeLaptop();
    void ask(laptop, []).catch(() => undefined);
    laptop.calls[0]?.answer(201, { pairing: 'p1', expires_seconds: 120 });
    await settled();
    const nonce = String(sentTo(laptop, 1)['nonce']);
    expect(nonce).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(sentTo(laptop, 0))).not.toContain(nonce);
  });

  it('draws a new nonce each time', async () => {
    const laptop = new FakeLaptop();
    void ask(laptop, []).catch(() => undefined);
    void ask(laptop, []).catch(() => undefined);
    await settled();
    expect(sentTo(laptop, 0)['commit']).not.toBe(sentTo(laptop, 1)['commit']);
  });

  it.each([
    [403, 'pairing_denied'],
    [410, 'pairing_expired'],
    [429, 'pairing_limit'],
  ])('ends with the laptop’s answer %i %s', async (status, code) => {
    const laptop = new FakeLaptop();
    const paired = ask(laptop, []);
    laptop.calls[0]?.answer(status, { error: { code, message: 'm', remedy: 'r', path: null } });
    await expect(paired).rejects.toMatchObject({ code, message: 'm', remedy: 'r' });
    await expect(paired).rejects.toBeInstanceOf(PairingError);
  });

  it('ends when it is aborted', async () => {
    const laptop = new FakeLaptop();
    const controller = new AbortController();
    const paired = ask(laptop, [], controller.signal);
    controller.abort(new Error('over'));
    await expect(paired).rejects.toThrow('over');
  });
});
