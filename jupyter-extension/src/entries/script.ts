import { ColabComms, colabKernel } from '../kernel/colab';
import { HostLink } from '../kernel/host';
import type { KernelLink } from '../kernel/link';
import { WebsocketLink } from '../kernel/websocket';
import { isGone, notebookOf } from '../kernel/sessions';
import type { JupyterServer } from '../kernel/socket';
import { isObject, readOffer, type Offer } from '../messages';
import { sessionIn, sessionsHere, wokeExisting } from '../page';
import { Panel } from '../panel/panel';
import { nameOf, Shown } from '../shown';
import { LINES } from '../texts';
import { viewOf } from '../view';

/** Put in front of this bundle by the kernel (PROTOCOL.md, section 4, "The offer"). */
declare const NOTESYNC_OFFER: unknown;

/** What JupyterLab and Notebook 7 write into their page, or null on another page. */
function jupyterServer(): JupyterServer | null {
  const element = document.getElementById('jupyter-config-data');
  const config: unknown = element?.textContent ? JSON.parse(element.textContent) : null;
  if (!isObject(config) || typeof config['baseUrl'] !== 'string') return null;
  const token = typeof config['token'] === 'string' ? config['token'] : '';
  return { baseUrl: new URL(config['baseUrl'], location.href).href, token };
}

/** In Colab: the comms of the output frame, and the panel in the output. */
function inColab(offer: Offer): boolean {
  const kernel = colabKernel(window);
  if (!kernel) return false;
  if (!kernel.accessAllowed) document.body.append(LINES.runAgain);
  else begin(offer, new HostLink('host', new ColabComms(kernel)), 'inline');
  return true;
}

/** What a Jupyter server can be asked: the notebook that the kernel runs, and whether there still is a kernel. */
interface Asked {
  notebook(): Promise<string | null>;
  isGone(): Promise<boolean>;
}

function begin(offer: Offer, link: KernelLink, placement: 'floating' | 'inline', asked: Asked | null = null): void {
  const panel = new Panel(document.body, {
    placement,
    label: offer.label,
    press: (action) => {
      session.press(action);
    },
  });
  const shown = new Shown(link);
  const session = sessionIn(window, offer, link, (state) => {
    shown.kernelIs(state.kernel);
    panel.show(viewOf(state));
    if (state.kernel.is === 'lost' && state.kernel.why === 'gone') end();
  });
  const end = (): void => {
    session.stop();
    sessionsHere(window).delete(offer.kernel);
    panel.remove();
  };
  const look = async (): Promise<void> => {
    const path = (await asked?.notebook()) ?? null;
    if (path === null) return;
    offer.label = nameOf(path);
    panel.rename(offer.label);
    shown.is(path);
  };
  sessionsHere(window).set(offer.kernel, {
    wake: (again) => {
      session.wake(again);
      void look();
    },
    look: () => {
      void asked?.isGone().then((gone) => {
        if (gone) end();
      });
    },
  });
  addEventListener('pagehide', () => {
    session.stop();
  });
  session.start();
  void look();
}

/** The injected script: one session and one panel for the kernel that invited this page. */
function main(): void {
  const offer = readOffer(NOTESYNC_OFFER);
  if (!offer || wokeExisting(window, offer) || inColab(offer)) return;
  const server = jupyterServer();
  if (!server) return;
  for (const other of sessionsHere(window).values()) other.look?.();
  begin(offer, new WebsocketLink(server, offer.kernel, true), 'floating', {
    notebook: () => notebookOf(server, offer.kernel),
    isGone: () => isGone(server, offer.kernel),
  });
}

main();
