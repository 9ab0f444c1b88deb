import { WebsocketLink } from '../kernel/websocket';
import type { JupyterServer } from '../kernel/socket';
import { isObject, readOffer } from '../messages';
import { laptopsOf, sessionsHere, tokensOf, wokeExisting } from '../page';
import { Panel } from '../panel/panel';
import { Session } from '../session';
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

/** The injected script: one session and one panel for the kernel that invited this page. */
function main(): void {
  const offer = readOffer(NOTESYNC_OFFER);
  const server = jupyterServer();
  if (!offer || !server || wokeExisting(window, offer)) return;
  const panel = new Panel(document.body, {
    placement: 'floating',
    label: offer.label,
    press: (action) => {
      session.press(action);
    },
  });
  const session = new Session(
    offer,
    new WebsocketLink(server, offer.kernel, true),
    laptopsOf(window),
    tokensOf(window),
    self.origin,
    (state) => {
      panel.show(viewOf(state));
      if (state.kernel.is === 'lost' && state.kernel.why === 'gone') {
        session.stop();
        sessionsHere(window).delete(offer.kernel);
        panel.remove();
      }
    },
  );
  sessionsHere(window).set(offer.kernel, session);
  addEventListener('pagehide', () => {
    session.stop();
  });
  session.start();
}

main();
