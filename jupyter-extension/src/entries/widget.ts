import { HostLink } from '../kernel/host';
import { WidgetComms, type WidgetModel } from '../kernel/widget';
import { readOffer } from '../messages';
import { sessionIn } from '../page';
import { Panel } from '../panel/panel';
import { viewOf } from '../view';

/**
 * The widget's front end (an anywidget module), for Databricks and VS Code: one session and one panel in the output
 * frame. The model has the kernel's `offer`, and `base64` where the host's messages carry no buffers.
 */
function render({ model, el }: { model: WidgetModel; el: HTMLElement }): (() => void) | undefined {
  const offer = readOffer(model.get('offer'));
  if (!offer) return undefined;
  const comms = new WidgetComms(model);
  const link = new HostLink(model.get('base64') === true ? 'base64' : 'widget', comms);
  const panel = new Panel(el, {
    placement: 'inline',
    press: (action) => {
      session.press(action);
    },
  });
  const session = sessionIn(window, offer, link, (state) => {
    panel.show(viewOf(state));
  });
  session.start();
  return () => {
    session.stop();
    comms.dispose();
    panel.remove();
  };
}

export default { render };
