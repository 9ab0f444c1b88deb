import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';
import { OFFER_TYPE, readOffer } from '../messages';
import type { Hub } from './hub';

/** Shows the kernel's offer as its line of text, and takes it up. Preferred to the script beside it. */
export function offerRenderer(hub: Hub): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [OFFER_TYPE],
    defaultRank: 0,
    createRenderer: () => new OfferWidget(hub),
  };
}

class OfferWidget extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly hub: Hub) {
    super();
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const line = model.data['text/plain'];
    const text = document.createElement('pre');
    text.textContent = typeof line === 'string' ? line : '';
    this.node.replaceChildren(text);
    const offer = readOffer(model.data[OFFER_TYPE]);
    if (offer) this.hub.offered(offer);
    return Promise.resolve();
  }
}
