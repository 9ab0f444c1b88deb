// One output frame of Colab: the API that its scripts find, and what is rendered in it.
const accessAllowed = location.search !== '?again';
const channels = new Map();
const waiting = new Map();
let next = 1;

function toPage(message) {
  const ack = (next += 1);
  return new Promise((resolve) => {
    waiting.set(ack, resolve);
    parent.postMessage({ ...message, ack }, '*');
  });
}

async function* messages(channel) {
  for (;;) {
    while (channel.queue.length > 0) yield channel.queue.shift();
    if (channel.closed) return;
    await new Promise((resolve) => (channel.wake = resolve));
  }
}

window.google = {
  colab: {
    kernel: {
      accessAllowed,
      comms: {
        open: async (target, message = {}, buffers = []) => {
          if (!accessAllowed) throw new Error('the kernel may not be spoken to');
          const comm = crypto.getRandomValues(new Uint32Array(4)).join('');
          const channel = { queue: [], closed: false, wake: () => undefined };
          channels.set(comm, channel);
          await toPage({ does: 'open', comm, target, message, buffers });
          return {
            messages: messages(channel),
            send: (data, { buffers: sent = [] } = {}) => toPage({ does: 'send', comm, message: data, buffers: sent }),
            close: () => void toPage({ does: 'close', comm, message: {}, buffers: [] }),
          };
        },
      },
    },
  },
};

addEventListener('message', ({ data, source }) => {
  if (source !== parent) return;
  if (data.ack) waiting.get(data.ack)?.();
  else if (data.comm) {
    const channel = channels.get(data.comm);
    if (!channel) return;
    if (data.closed) channel.closed = true;
    else channel.queue.push({ data: data.data, buffers: data.buffers });
    channel.wake();
  } else if (data.render) {
    let place = document.getElementById(data.render);
    if (!place) {
      place = document.createElement('div');
      place.id = data.render;
      document.body.append(place);
    }
    place.replaceChildren(document.createRange().createContextualFragment(data.html));
  }
});
