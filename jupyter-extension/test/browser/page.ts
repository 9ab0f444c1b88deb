import { openSocket } from '../../src/laptop/socket';
import type { JsonObject } from '../../src/messages';
import { laptopsOf, tokensOf } from '../../src/page';
import { Panel } from '../../src/panel/panel';
import { Session } from '../../src/session';
import { viewOf } from '../../src/view';
import { FakeLink } from '../fakes';

/**
 * What a hosted page runs in the browser tests: the real session, panel and laptop legs; the kernel is the test. The
 * laptop's address comes in the fragment.
 */
const link = new FakeLink();
const panel = new Panel(document.body, {
  placement: 'inline',
  press: (action) => {
    session.press(action);
  },
});
const laptop = decodeURIComponent(location.hash.slice(1));
const session = new Session(
  { kernel: 'k', laptop, label: 'shop.ipynb' },
  link,
  laptopsOf(window, openSocket),
  tokensOf(window),
  self.origin,
  (state) => {
    panel.show(viewOf(state));
    document.body.dataset['laptop'] = state.laptop.is;
    document.body.dataset['leg'] = state.legs.laptop;
  },
);
addEventListener('pagehide', () => {
  session.stop();
});
session.start();
link.hello();

/** A second notebook of the same page. */
function another(): void {
  const second = new FakeLink();
  const beside = new Session(
    { kernel: 'k2', laptop, label: 'other.ipynb' },
    second,
    laptopsOf(window, openSocket),
    tokensOf(window),
    self.origin,
    (state) => {
      document.body.dataset['second'] = state.laptop.is;
    },
  );
  beside.start();
  second.hello();
  Object.assign(window, {
    leaves: () => {
      beside.stop();
    },
  });
}

Object.assign(window, {
  another,
  /** What the kernel got, with the text of each body. */
  got: () => link.sent.map(({ data, bytes }) => ({ ...data, body: bytes ? new TextDecoder().decode(bytes) : null })),
  /** The kernel is there again, as after each reconnect. */
  hello: () => {
    link.hello();
  },
  asks: (id: number, path: string) => {
    link.says({ kind: 'request', id, method: 'GET', path, json: null });
  },
  /** The kernel asks what is next, and the user presses Run. */
  runs: (id: number, path: string, json: JsonObject) => {
    link.besideCells = true;
    link.says({ kind: 'request', id, method: 'POST', path, json });
    return session.atRun.ask(5_000);
  },
});
