import { DirectLaptop } from './laptop/direct';
import type { OpenSocket } from './laptop/socket';
import { PopupLaptop } from './laptop/popup';
import { lookAround } from './laptop/surroundings';
import type { KernelLink } from './kernel/link';
import type { Offer } from './messages';
import { presenceOf } from './presence';
import { Session, type Laptops, type Tokens } from './session';
import type { SessionState } from './state';

/** What the page itself gives to sessions: laptop legs, token store, locks, and the list of who is here already. */

export function sessionIn(
  page: Window & typeof globalThis,
  offer: Offer,
  link: KernelLink,
  changed: (state: SessionState) => void,
  sockets: OpenSocket | null = null,
): Session {
  return new Session(offer, link, laptopsOf(page, sockets), tokensOf(page), page.origin, changed, presenceOf(page));
}

export function laptopsOf(page: Window & typeof globalThis, sockets: OpenSocket | null): Laptops {
  const look = (): ReturnType<typeof lookAround> => lookAround(page);
  return {
    lookAround: look,
    isSeen: () => page.document.visibilityState === 'visible',
    direct: (laptop) => new DirectLaptop(laptop, page.fetch.bind(page), look, sockets),
    popup: (laptop, label, onClosed, how) => PopupLaptop[how](page, laptop, label, onClosed),
  };
}

/**
 * Tokens in the memory of the tab: they survive a reload of a top page, and nothing else. Frames keep theirs in page
 * memory: the outputs of several users' notebooks may share an origin there.
 */
export function tokensOf(page: Window): Tokens {
  const memory = new Map<string, string>();
  const storage = page === page.top ? storageOf(page) : null;
  const key = (laptop: string): string => `notesync:${laptop}`;
  return {
    get: (laptop) => memory.get(laptop) ?? storage?.getItem(key(laptop)) ?? null,
    set: (laptop, token) => {
      if (token === null) {
        memory.delete(laptop);
        storage?.removeItem(key(laptop));
      } else {
        memory.set(laptop, token);
        storage?.setItem(key(laptop), token);
      }
    },
  };
}

function storageOf(page: Window): Storage | null {
  try {
    return page.sessionStorage;
  } catch {
    return null; // A sandboxed frame has none.
  }
}

const HERE = Symbol.for('io.github.notesync.sessions');
/** Only what others may do: the session itself holds the token. */
interface Served {
  wake(offer: Offer): void;
  /** Another kernel comes into the page: ends where the own one is gone, as after "Change Kernel". */
  look?(): void;
}
type Here = Map<string, Served>;

/** The sessions of this page by kernel, shared by the extension and every injected script. */
export function sessionsHere(page: object): Here {
  const holder = page as { [HERE]: Here | undefined };
  return (holder[HERE] ??= new Map<string, Served>());
}

/** True if someone in this page already serves the offer's kernel; it was told. */
export function wokeExisting(page: object, offer: Offer): boolean {
  const existing = sessionsHere(page).get(offer.kernel);
  existing?.wake(offer);
  return existing !== undefined;
}
