import { Signal, type ISignal } from '@lumino/signaling';
import { WebsocketLink } from '../kernel/websocket';
import type { JupyterServer } from '../kernel/socket';
import type { Offer, Runs } from '../messages';
import { sessionIn, sessionsHere, wokeExisting } from '../page';
import { Panel } from '../panel/panel';
import type { AtRun } from '../run';
import type { Session } from '../session';
import { nameOf, Shown } from '../shown';
import { openSocket } from '../laptop/socket';
import type { Action, SessionState } from '../state';
import { viewOf, type View } from '../view';

/** A session with its panel, as JupyterLab uses it. */
export interface Carrier {
  readonly view: View;
  readonly sequence: number | null;
  /** Whether the kernel talks to this page. */
  readonly isOpen: boolean;
  readonly atRun: AtRun;
  press(action: Action): void;
  togglePanel(): void;
  /** The notebook of this page has this path at its server now. */
  shows(path: string): void;
}

/** All kernels of this page that have notesync. Loaded when the first is found: a page without one does not pay. */
export class Carriers {
  private readonly entries = new Map<string, { carrier: Carrier; panel: Panel; session: Session }>();
  private readonly changes = new Signal<this, string>(this);
  private current: string | null = null;

  constructor(
    private readonly server: JupyterServer,
    private readonly hasItem: boolean,
    private readonly onRuns: (runs: Runs) => void,
  ) {}

  /** Emits the kernel's id. */
  get changed(): ISignal<this, string> {
    return this.changes;
  }

  get(kernel: string): Carrier | null {
    return this.entries.get(kernel)?.carrier ?? null;
  }

  /** The kernel the user looks at: the others keep their panels to themselves. */
  setCurrent(kernel: string | null): void {
    this.current = kernel;
    for (const [id, { panel }] of this.entries) panel.setCurrent(id === kernel);
  }

  /** Serves the kernel, unless an injected script or an earlier offer already does. */
  invite(offered: Offer): void {
    if (wokeExisting(window, offered)) return;
    const offer = { ...offered };
    const { kernel } = offer;
    const panel = new Panel(document.body, {
      placement: 'floating',
      label: offer.label,
      hasItem: this.hasItem,
      press: (action) => {
        session.press(action);
      },
    });
    const link = new WebsocketLink(this.server, kernel, true);
    const shown = new Shown(link);
    const changed = (state: SessionState): void => {
      shown.kernelIs(state.kernel);
      panel.show(viewOf(state));
      if (state.kernel.is === 'lost' && state.kernel.why === 'gone') this.leave(kernel);
      this.changes.emit(kernel);
    };
    const session = sessionIn(window, offer, link, changed, openSocket);
    session.onRuns = this.onRuns;
    const carrier: Carrier = {
      get view() {
        return viewOf(session.state);
      },
      get sequence() {
        return session.state.status?.sequence ?? null;
      },
      get isOpen() {
        return session.state.kernel.is === 'open';
      },
      atRun: session.atRun,
      press: (action) => {
        session.press(action);
      },
      togglePanel: () => {
        panel.toggle();
      },
      shows: (path) => {
        // The next question to the laptop's user names it, too.
        offer.label = nameOf(path);
        panel.rename(offer.label);
        shown.is(path);
      },
    };
    this.entries.set(kernel, { carrier, panel, session });
    sessionsHere(window).set(kernel, {
      wake: (again) => {
        session.wake(again);
      },
    });
    panel.setCurrent(this.current === null || this.current === kernel);
    addEventListener('pagehide', () => {
      session.stop();
    });
    session.start();
  }

  /** The kernel is gone, or no notebook of this page shows it any more. */
  leave(kernel: string): void {
    const entry = this.entries.get(kernel);
    if (!entry) return;
    this.entries.delete(kernel);
    sessionsHere(window).delete(kernel);
    entry.session.stop();
    entry.panel.remove();
  }
}
