import { describe, expect, it } from 'vitest';
import type { SessionState } from '../src/state';
import { BUTTONS, LAB } from '../src/texts';
import { viewOf } from '../src/view';
import { asks, failed, ready, windowOnly } from './laptops';

const OPEN: SessionState = {
  laptopUrl: 'http://127.0.0.1:8765',
  kernel: { is: 'open', role: 'carrier' },
  laptop: { is: 'idle', choice: null },
  legs: { laptop: 'direct', kernel: 'websocket' },
  status: null,
  rate: null,
  paused: false,
  takesOver: false,
  ranOnOlder: false,
};
const status = {
  kind: 'status',
  line: 'shop is at 7',
  state: null,
  sequence: 7,
  pending: 0,
  progress: null,
  needs: null,
  late: null,
} as const;

describe('what the user sees', () => {
  it.each<[string, Partial<SessionState>, string, RegExp, string[]]>([
    ['waiting for the kernel', { kernel: { is: 'opening' } }, 'busy', /Waiting for the kernel/, []],
    ['the kernel restarted', { kernel: { is: 'lost', why: 'restarted' } }, 'quiet', /%load_ext notesync/, []],
    ['not loaded', { kernel: { is: 'lost', why: 'unloaded' } }, 'quiet', /%load_ext notesync/, []],
    ['connection lost', { kernel: { is: 'lost', why: 'connection' } }, 'busy', /broke/, []],
    ['may ask', { laptop: { is: 'idle', choice: asks } }, 'attention', /choose Allow/, ['connect']],
    ['blocked', { laptop: { is: 'idle', choice: windowOnly } }, 'attention', /window does it/, ['popup']],
    ['asking', { laptop: { is: 'trying', leg: 'direct', mayAsk: true } }, 'busy', /Looking/, ['popup']],
    ['trying', { laptop: { is: 'trying', leg: 'direct', mayAsk: false } }, 'busy', /Looking/, []],
    ['pairing', { laptop: { is: 'pairing', leg: 'direct', code: 'ABC123' } }, 'attention', /Type this code/, []],
    [
      'no server',
      { laptop: failed('laptop_unreachable') },
      'attention',
      /java -jar notesync-server.jar/,
      ['connect', 'popup'],
    ],
    ['no server, by window', { laptop: failed('laptop_unreachable', windowOnly) }, 'attention', /Start it/, ['popup']],
    ['refused', { laptop: failed('permission_refused') }, 'attention', /refused/, ['popup']],
    ['window closed', { laptop: failed('popup_closed') }, 'attention', /Keep it open/, ['popup']],
    ['window blocked', { laptop: failed('popup_blocked') }, 'attention', /Allow pop-ups/, ['popup']],
    ['denied', { laptop: failed('pairing_denied') }, 'attention', /refused on the laptop/, ['connect']],
    ['token gone', { laptop: failed('token_unknown') }, 'attention', /no longer knows/, ['connect']],
    ['connected', { laptop: ready }, 'good', /Connected to shop/, ['pause', 'dashboard']],
    ['at a sequence', { laptop: ready, status }, 'good', /shop is at 7/, ['pause', 'dashboard']],
    [
      'needs the user',
      { laptop: ready, status: { ...status, needs: 'halted' } },
      'attention',
      /7/,
      ['dashboard', 'pause'],
    ],
    [
      'sending',
      { laptop: ready, status: { ...status, progress: { received: 1, total: 2 } } },
      'busy',
      /7/,
      ['pause', 'dashboard'],
    ],
    ['away', { laptop: { ...ready, away: true } }, 'busy', /does not answer/, []],
    ['taking over', { laptop: ready, takesOver: true, status: null }, 'busy', /takes over/, []],
    [
      'not yet known to be up to date',
      { laptop: ready, status: { ...status, state: 'connecting', line: 'notesync: shop: connecting' } },
      'busy',
      /connecting/,
      ['pause', 'dashboard'],
    ],
    ['standing by', { laptop: ready, kernel: { is: 'open', role: 'standby' } }, 'quiet', /Another page/, []],
    ['paused', { laptop: ready, paused: true }, 'quiet', /Paused/, ['resume']],
  ])('%s', (_, change, tone, line, actions) => {
    const view = viewOf({ ...OPEN, ...change });
    expect(view).toMatchObject({ tone, actions });
    expect(view.line).toMatch(line);
    expect(view.short.length).toBeLessThan(40);
  });

  it('says that the kernel reaches the laptop by itself instead of asking the user to connect', () => {
    const laptop = failed('laptop_unreachable');
    const view = viewOf({
      ...OPEN,
      laptop,
      status: { ...status, state: 'current', line: 'notesync: shop: up to date' },
    });
    expect(view).toMatchObject({
      tone: 'good',
      line: 'shop: up to date',
      hint: expect.stringContaining('by itself') as string,
    });
    expect(viewOf({ ...OPEN, laptop, status: { ...status, state: 'idle' } }).tone).toBe('attention');
  });

  it('says what the user has to settle', () => {
    const view = viewOf({ ...OPEN, laptop: ready, status: { ...status, needs: 'halted' } });
    expect(view.hint).toMatch(/confirm or decline/);
  });

  it('shows in a few words how far a transfer is', () => {
    const progress = { received: 45_600, total: 100_000 };
    expect(viewOf({ ...OPEN, laptop: ready, status: { ...status, progress } }).short).toBe('shop · 45 %');
  });

  it('names the pair of legs that is in use, and why', () => {
    const legs = { laptop: 'popup', kernel: 'host' } as const;
    const laptop = { ...ready, leg: 'popup', why: 'denied' } as const;
    expect(viewOf({ ...OPEN, laptop, legs }).hint).toBe(
      'The notesync window reaches your laptop (your browser does not let this site do it); this page uses the connection of the notebook. Keep the window open.',
    );
    expect(viewOf({ ...OPEN, laptop: ready }).hint).toMatch(/itself \(your browser allows it\).*of its own/);
  });

  it.each(['halted', 'held', 'refused', 'stopped'])('has a sentence for %s', (needs) => {
    expect(viewOf({ ...OPEN, laptop: ready, status: { ...status, needs } })).toMatchObject({
      tone: 'attention',
      hint: expect.stringMatching(/%notesync \w+/) as string,
    });
  });

  it('says at once, and with a button only where it helps, that a frame locks its windows in', () => {
    const view = viewOf({ ...OPEN, laptop: failed('popup_sandboxed') });
    expect(view).toMatchObject({ tone: 'attention', actions: ['connect'] });
    expect(viewOf({ ...OPEN, laptop: failed('popup_sandboxed', windowOnly) }).line).toMatch(
      /locks in.*%notesync connect/,
    );
  });

  it('is never a dead end: whatever needs the user has a button, a code or a command', () => {
    const codes = [
      'laptop_unreachable',
      'permission_refused',
      'popup_blocked',
      'popup_cut_off',
      'popup_closed',
      'token_unknown',
      'pairing_denied',
    ];
    for (const code of [
      ...codes,
      'pairing_expired',
      'pairing_limit',
      'protocol_mismatch',
      'internal',
      'something new',
    ]) {
      for (const choice of [asks, windowOnly, null]) {
        const view = viewOf({ ...OPEN, laptop: { is: 'failed', code, message: 'm', remedy: null, choice } });
        expect(view.actions.length).toBeGreaterThan(0);
        expect(view.line).toMatch(/^[A-Zm].*\.$/);
      }
    }
  });

  it('warns of unsaved edits in no more than JupyterLab shows', () => {
    expect(LAB.dirty('src/a/very/long/way/to/a/module.py').length).toBeLessThanOrEqual(140);
    expect(LAB.dirty('src/a/very/long/way/to/a/module.py')).toContain('to/a/module.py has changed');
  });

  it('has a word on every button', () => {
    expect(Object.values(BUTTONS).every((text) => text.length > 0)).toBe(true);
  });
});
