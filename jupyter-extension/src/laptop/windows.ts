const FEATURES = 'popup,width=520,height=680';

/** The window of one laptop that this page has open, and how many of the page's notebooks use it. */
interface Shared {
  readonly window: Window;
  users: number;
}

/** What a page has of notesync windows, for every script in it. */
interface Windows {
  /** Tabs that were opened from one another find each other's windows by name: each has a name of its own. */
  readonly name: string;
  readonly open: Map<string, Shared>;
}

const WINDOWS = Symbol.for('io.github.notesync.windows');

function windowsOf(page: Window): Windows {
  const holder = page as Window & { [WINDOWS]: Windows | undefined };
  return (holder[WINDOWS] ??= { name: page === page.top ? ownName() : 'notesync_bridge', open: new Map() });
}

/** Of outputs in frames, where each run of a cell is another page, the newest takes the window over. */
function ownName(): string {
  return `notesync_bridge_${crypto.getRandomValues(new Uint32Array(2)).join('')}`;
}

/** Opens the laptop's window, or loads it anew. MUST run inside a click. */
export function openWindow(page: Window, url: string): Window | null {
  return page.open(url, windowsOf(page).name, FEATURES);
}

/** The window through which another notebook of this page reaches that laptop. */
export function windowInUse(page: Window, laptop: string): Window | null {
  const shared = windowsOf(page).open.get(laptop);
  return shared && !shared.window.closed ? shared.window : null;
}

/** Notes that the window is used; returns what takes that back. */
export function use(page: Window, laptop: string, window: Window): () => void {
  const { open } = windowsOf(page);
  const known = open.get(laptop);
  const shared = known?.window === window ? known : { window, users: 0 };
  shared.users += 1;
  open.set(laptop, shared);
  return () => {
    shared.users -= 1;
    if (shared.users === 0 && open.get(laptop) === shared) open.delete(laptop);
  };
}
