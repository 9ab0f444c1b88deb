import type { Progress, Status } from './messages';
import type { Choice } from './laptop/legs';
import type { Action, LaptopState, SessionState } from './state';
import { failure, INVITATIONS, KERNEL_LOST, LINES, NEEDS, plainLine, way } from './texts';

/** What the panel and the status bar show. */
export interface View {
  /** `attention` means that only the user can go on. */
  tone: 'busy' | 'good' | 'attention' | 'quiet';
  line: string;
  /** Second sentence, or null. */
  hint: string | null;
  code: string | null;
  progress: (Progress & { rate: number | null }) | null;
  /** The first helps most. */
  actions: Action[];
  /** A few words, for the status bar. */
  short: string;
}

/** Kernel states in which the laptop is being followed, if not through this page then by another way. */
const SERVED = new Set([
  'current',
  'applied',
  'receiving',
  'comparing',
  'waiting',
  'held_back',
  'halted',
  'held',
  'refused',
]);

/** Kernel states in which nobody knows yet whether all is well. */
const ON_THE_WAY = new Set(['connecting', 'comparing', 'restarting', 'away']);

export function isOnTheWay(state: string | null): boolean {
  return state === null || ON_THE_WAY.has(state);
}

const NOTHING = { hint: null, code: null, progress: null, actions: [] } as const;

/** Pure: the state of a session in one line, with the button that helps. */
export function viewOf(state: SessionState): View {
  const { kernel, laptop } = state;
  if (state.paused) return show('quiet', LINES.paused, 'paused', { actions: ['resume'] });
  if (kernel.is === 'lost')
    return show(kernel.why === 'connection' ? 'busy' : 'quiet', KERNEL_LOST[kernel.why], 'kernel away');
  if (kernel.is === 'opening') return show('busy', LINES.opening, 'waiting for the kernel');
  if (laptop.is !== 'ready' && laptop.is !== 'pairing' && SERVED.has(state.status?.state ?? '')) {
    return followed(state, 'the project', kernel.role === 'standby' ? LINES.standby : LINES.elsewhere);
  }
  switch (laptop.is) {
    case 'idle':
      return laptop.choice === null
        ? show('busy', LINES.trying(state.laptopUrl), 'connecting')
        : show('attention', INVITATIONS[laptop.choice.why], 'not connected', {
            actions: [laptop.choice.onClick === 'popup' ? 'popup' : 'connect'],
          });
    case 'trying':
      return laptop.leg === 'popup'
        ? show('busy', LINES.openingWindow, 'connecting')
        : show('busy', LINES.trying(state.laptopUrl), 'connecting', {
            hint: laptop.mayAsk ? LINES.mayAsk : null,
            actions: laptop.mayAsk ? ['popup'] : [],
          });
    case 'pairing':
      return show('attention', LINES.pairing, `code ${laptop.code}`, { code: laptop.code });
    case 'failed':
      return show('attention', whatFailed(state, laptop), 'not connected', {
        actions: helping(laptop.code, laptop.choice),
      });
    case 'ready':
      return connected(state, laptop);
  }
}

/** On plain http the browser refuses without a question: there is no permission that the user could look for. */
function whatFailed(
  { laptopUrl }: SessionState,
  { code, message, remedy, choice }: LaptopState & { is: 'failed' },
): string {
  return code === 'permission_refused' && choice?.why === 'insecure'
    ? INVITATIONS.insecure
    : failure(code, message, remedy, laptopUrl);
}

function connected(state: SessionState, laptop: LaptopState & { is: 'ready' }): View {
  const { kernel, legs } = state;
  const name = typeof laptop.project.name === 'string' ? laptop.project.name : 'the project';
  if (laptop.away) return show('busy', LINES.away(state.laptopUrl, laptop.heardAt), 'laptop away');
  if (state.takesOver) return show('busy', LINES.takesOver, LINES.onTheWay(name));
  if (kernel.is === 'open' && kernel.role === 'standby') return show('quiet', LINES.standby, `${name}, standing by`);
  return followed(state, name, way(legs, laptop.why));
}

function followed({ status, ranOnOlder, rate }: SessionState, name: string, how: string): View {
  const needs = status?.needs ?? null;
  const line = status?.line ?? null;
  return show(
    needs !== null ? 'attention' : status?.progress || ON_THE_WAY.has(status?.state ?? '') ? 'busy' : 'good',
    line === null ? LINES.connected(name) : plainLine(line),
    inShort(name, status),
    {
      hint: needs !== null ? (NEEDS[needs] ?? needs) : (status?.late ?? (ranOnOlder ? LINES.ranOnOlder : how)),
      progress: status?.progress ? { ...status.progress, rate } : null,
      actions: needs === null ? ['pause', 'dashboard'] : ['dashboard', 'pause'],
    },
  );
}

function inShort(name: string, status: Status | null): string {
  if (status?.progress) return LINES.percent(name, status.progress);
  if (ON_THE_WAY.has(status?.state ?? '')) return LINES.onTheWay(name);
  return status?.sequence === null || status === null ? name : LINES.upTo(name, status.sequence);
}

function helping(code: string, choice: Choice | null): Action[] {
  const popupOnly = choice?.onClick === 'popup';
  if (code === 'popup_sandboxed') return popupOnly ? [] : ['connect'];
  if (code === 'popup_cut_off') return ['connect'];
  if (code === 'permission_refused' || code === 'popup_blocked' || code === 'popup_closed' || popupOnly)
    return ['popup'];
  return code === 'laptop_unreachable' ? ['connect', 'popup'] : ['connect'];
}

function show(tone: View['tone'], line: string, short: string, more: Partial<View> = {}): View {
  return { tone, line, short, ...NOTHING, actions: [], ...more };
}
