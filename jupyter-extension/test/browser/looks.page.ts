import { Panel } from '../../src/panel/panel';
import type { SessionState } from '../../src/state';
import { viewOf } from '../../src/view';
import { asks, failed, ready, windowOnly } from '../laptops';

/** Every state of the panel in one page; `?dark` in the dark. */
const status = {
  kind: 'status',
  line: 'notesync: shop: up to date, sequence 42',
  state: 'current',
  sequence: 42,
  pending: 0,
  progress: null,
  needs: null,
  late: null,
} as const;

const moving = {
  ...status,
  line: 'notesync: shop: receiving sequence 43, 12 of 40 MB',
  state: 'receiving',
  progress: { received: 12_300_000, total: 40_000_000 },
};

const states: Partial<SessionState>[] = [
  { laptop: { is: 'idle', choice: asks } },
  { laptop: { is: 'trying', leg: 'direct', mayAsk: true } },
  { laptop: { is: 'pairing', leg: 'direct', code: 'EFY217' } },
  { laptop: failed('laptop_unreachable') },
  { laptop: failed('permission_refused', windowOnly) },
  { laptop: failed('popup_blocked', windowOnly) },
  { laptop: failed('popup_cut_off', windowOnly) },
  { laptop: failed('popup_sandboxed', windowOnly) },
  { laptop: ready, status },
  { laptop: ready, status: moving },
  { laptop: ready, status: { ...status, needs: 'halted' } },
  { laptop: { ...ready, leg: 'popup', why: 'denied' }, legs: { laptop: 'popup', kernel: 'websocket' }, status },
  { laptop: ready, kernel: { is: 'open', role: 'standby' } },
  { laptop: ready, takesOver: true },
  { laptop: ready, status, ranOnOlder: true },
  { laptop: { ...ready, away: true, heardAt: new Date(2026, 10, 20, 14, 3, 21).getTime() } },
  { kernel: { is: 'lost', why: 'restarted' } },
  { paused: true },
];

if (location.search === '?dark') document.body.dataset['jpThemeLight'] = 'false';
document.body.style.background = location.search === '?dark' ? '#111' : '#fff';
for (const change of states) {
  const panel = new Panel(document.body, { placement: 'inline', label: 'shop.ipynb', press: () => undefined });
  panel.show(
    viewOf({
      laptopUrl: 'http://127.0.0.1:8765',
      kernel: { is: 'open', role: 'carrier' },
      laptop: { is: 'idle', choice: null },
      legs: { laptop: 'direct', kernel: 'websocket' },
      status: null,
      rate: 2_100_000,
      paused: false,
      takesOver: false,
      ranOnOlder: false,
      ...change,
    }),
  );
}
