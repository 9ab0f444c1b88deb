import type { Why } from './laptop/legs';
import type { Lost } from './kernel/link';
import type { KernelLeg, Legs, Progress } from './messages';
import type { Action } from './state';

/** Every sentence that the user reads, and nothing else. */

export const BUTTONS: Record<Action, string> = {
  connect: 'Connect',
  popup: 'Connect through a window',
  pause: 'Pause',
  resume: 'Resume',
  dashboard: 'Show on the laptop',
};

export const LABELS = {
  panel: 'notesync',
  hide: 'Hide',
  show: 'notesync: show',
  code: 'Pairing code',
  progress: 'Progress',
};

export const KERNEL_LOST: Record<Lost, string> = {
  connection: 'The connection to the notebook server broke. It is being built again.',
  restarted: 'The kernel was restarted. Run %load_ext notesync to go on.',
  unloaded: 'notesync is not loaded in this kernel. Run %load_ext notesync to go on.',
  gone: 'The kernel is gone.',
};

export const LINES = {
  opening: 'Waiting for the kernel. If a cell is running, this goes on when it ends.',
  runAgain: 'notesync: run %notesync connect to connect again.',
  paused: 'Paused: nothing is sent to this notebook.',
  standby: 'Another page brings the files to this kernel. This one stands by.',
  takesOver: 'The page that brought the files is gone. This one takes over.',
  trying: (url: string): string => `Looking for notesync on this computer (${url}).`,
  mayAsk: 'If your browser asks about apps on this device, choose Allow.',
  openingWindow: 'Opening the notesync window.',
  pairing: 'Type this code on your laptop, in the notesync window, page or terminal:',
  connected: (project: string): string => `Connected to ${project}.`,
  onTheWay: (project: string): string => `${project}, connecting`,
  upTo: (project: string, sequence: number): string => `${project} · ${sequence}`,
  percent: (project: string, { received, total }: Progress): string =>
    `${project} · ${Math.floor((100 * received) / Math.max(1, total))} %`,
  away: (url: string, heardAt: number | null): string =>
    `The laptop does not answer at ${url}${heardAt === null ? '' : `; it was last heard at ${timeOf(heardAt)}`}. This goes on when it does; if it runs at another address now: %notesync connect --page ADDRESS.`,
  ranOnOlder: 'The last cell ran before everything that you saved had arrived. Run it again.',
  elsewhere: 'The kernel reaches the laptop by itself, without this page.',
};

/** Why this laptop leg, as the end of a sentence. */
const BECAUSE: Record<Why, string> = {
  near: 'it is on your own network',
  granted: 'your browser allows it',
  prompt: 'your browser asks before a page may',
  unknown: 'your browser may ask before a page does',
  denied: 'your browser does not let this site do it',
  frame: 'this output may not do it',
  insecure: 'this page is not https',
};
const OVER: Record<KernelLeg, string> = {
  websocket: 'a connection of its own to the kernel',
  host: 'the connection of the notebook',
  widget: 'messages of a widget',
  base64: 'messages of a widget, as text',
};

/** Hours, minutes and seconds, by the user's own clock. */
export function timeOf(when: number): string {
  return new Date(when).toTimeString().slice(0, 8);
}

/** Which pair of legs is in use, and why this one. */
export function way({ laptop, kernel }: Legs, why: Why): string {
  if (laptop === 'popup')
    return `The notesync window reaches your laptop (${BECAUSE[why]}); this page uses ${OVER[kernel]}. Keep the window open.`;
  return `This page reaches your laptop itself (${BECAUSE[why === 'near' ? why : 'granted']}) and uses ${OVER[kernel]}.`;
}

/** Why the Connect button is there, in the words of the one who has to press it. */
export const INVITATIONS: Record<Why, string> = {
  near: 'Connect to the project on this computer.',
  granted: 'Connect to the project on this computer.',
  prompt: 'Connect to the project on this computer. Your browser will ask about apps on this device: choose Allow.',
  unknown: 'Connect to the project on this computer. Your browser may ask: choose Allow.',
  denied: 'Your browser does not let this site reach apps on this computer. A small window does it instead.',
  frame: 'This output may not reach apps on this computer. A small window does it instead.',
  insecure: 'This page is not https, so it may not reach apps on this computer. A small window does it instead.',
};

/** What only the user can settle, by the kernel's state. */
export const NEEDS: Record<string, string> = {
  halted: 'A change deletes much: confirm or decline it on the laptop, or run %notesync confirm or decline.',
  held: 'You went back to an older sequence. Run %notesync resume to follow the laptop again.',
  refused: 'The last change could not be taken. %notesync log says why.',
  stopped: 'Run %notesync connect to go on; %notesync log says more.',
};

/** The kernel's line without the name that stands above it. */
export function plainLine(line: string): string {
  return line.replace(/^notesync: /, '');
}

/** What failed, why, and what helps, by the code of PROTOCOL.md section 6. */
export function failure(code: string, message: string, remedy: string | null, url: string): string {
  switch (code) {
    case 'laptop_unreachable':
      return `No notesync answers at ${url}. Start it in your project with java -jar notesync-server.jar, then connect; if it shows another address: %notesync connect --page ADDRESS.`;
    case 'permission_refused':
      return 'Your browser refused to let this page reach apps on this computer. A small window does it instead.';
    case 'popup_blocked':
      return 'The window could not be opened. Allow pop-ups for this site, then try again; where none are possible, open the notebook in a browser.';
    case 'popup_cut_off':
      return 'This page cuts the window off. Allow it, in the browser’s site settings, to reach apps on this device, then connect.';
    case 'popup_sandboxed':
      return `The frame of this output locks in the windows that it opens. Where the kernel itself reaches your laptop, run %notesync connect ${url}.`;
    case 'popup_closed':
      return 'The notesync window was closed. Keep it open while you work.';
    case 'token_unknown':
      return 'The laptop no longer knows this page (it was restarted, or the pairing was ended). Connect again.';
    case 'pairing_denied':
      return 'The pairing was refused on the laptop.';
    case 'pairing_expired':
      return 'The code was not entered in time. Connect again for a new one.';
    case 'pairing_limit':
      return 'There were too many pairing attempts. Wait a minute, then connect again.';
    default:
      return remedy === null ? `${message}.` : `${message}: ${remedy}.`;
  }
}

export function protocolMismatch(theirs: number, ours: number): string {
  const older = theirs < ours ? 'the server on the laptop' : 'notesync in the notebook';
  return `the laptop speaks notesync protocol ${theirs}, this notebook ${ours}: upgrade ${older}`;
}

export function transferred(received: number, total: number, rate: number | null): string {
  const inMegabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  const done = `${inMegabytes(received)} of ${inMegabytes(total)} MB`;
  if (rate === null || rate <= 0) return done;
  const speed = rate < 1e6 ? `${Math.round(rate / 1e3)} kB/s` : `${inMegabytes(rate)} MB/s`;
  const seconds = Math.ceil((total - received) / rate);
  const left = seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return `${done} · ${speed} · ${left} left`;
}

export const LAB = {
  notConnected: 'notesync',
  notLoaded: 'Run %load_ext notesync in this notebook to bring your project to its kernel.',
  menu: 'Open the menu.',
  connect: 'Connect',
  show: 'Show or Hide the Panel',
  pause: 'Pause',
  resume: 'Resume',
  log: 'Show the Log',
  kept: 'Show Kept Files',
  dashboard: 'Show on the Laptop',
  settings: 'Settings',
  // JupyterLab shows 140 characters of a notice.
  dirty: (path: string): string =>
    `${path.length > 28 ? `…${path.slice(-27)}` : path} has changed on your laptop. Copy your unsaved edits and reload it ` +
    'from disk; saving overwrites the new version.',
};
