// The frame of an output: a real widget manager of Jupyter's, whose comms lead to the page around it.
const { loose } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const modules = new Map();
let nameless = null;

/** As much of an AMD loader as the two bundles need. */
function define(name, needs, factory) {
  if (typeof name !== 'string') nameless = { needs: name, factory: needs };
  else modules.set(name, made(needs, factory));
}
define.amd = {};
const made = (needs, factory) =>
  factory(...needs.map((need) => (need === 'module' ? { uri: location.href, config: () => ({}) } : modules.get(need))));

function load(src) {
  return new Promise((done, failed) => {
    const script = document.createElement('script');
    Object.assign(script, { src, onload: done, onerror: () => failed(new Error(`${src} could not be had`)) });
    document.head.append(script);
  });
}

/** What a public network for packages would give, once. */
const fetching = new Map();
function fetched(name) {
  if (!fetching.has(name)) {
    const module = load(`/${name}.js`).then(() => made(nameless.needs, nameless.factory));
    fetching.set(name, module);
  }
  return fetching.get(name);
}

class Comm {
  constructor(id) {
    this.comm_id = id;
    this.target_name = 'jupyter.widget';
    this.hear = () => undefined;
    this.end = () => undefined;
  }

  send(data, callbacks, metadata = {}, buffers = []) {
    parent.postMessage({ content: { comm_id: this.comm_id, data }, metadata, buffers }, '*');
    return '';
  }

  on_msg(hear) {
    this.hear = hear;
  }

  on_close(end) {
    this.end = end;
  }

  close() {}
}

/** VS Code gives views that show a part of something larger; others give each buffer by itself. */
function given(buffers) {
  if (!loose) return buffers.map((buffer) => new DataView(buffer));
  return buffers.map((buffer) => {
    const whole = new Uint8Array(buffer.byteLength + 64).fill(0xee);
    whole.set(new Uint8Array(buffer), 32);
    return new DataView(whole.buffer, 32, buffer.byteLength);
  });
}

async function start() {
  await load('/manager.js');
  const { HTMLManager } = modules.get('@jupyter-widgets/html-manager');
  const manager = new HTMLManager({ loader: fetched });
  document.body.dataset.base = modules.get('@jupyter-widgets/base').JUPYTER_WIDGETS_VERSION;
  const comms = new Map();
  return async ({ kind, content, metadata, buffers, model }) => {
    if (kind === 'view') {
      const view = await manager.create_view(await manager.get_model(model));
      // The manager of ipywidgets 7 takes the element behind the view, as an option.
      if (manager.display_view.length === 3) await manager.display_view(null, view, { el: document.body });
      else await manager.display_view(view, document.body);
    } else if (kind === 'comm_open') {
      const comm = new Comm(content.comm_id);
      comms.set(content.comm_id, comm);
      await manager.handle_comm_open(comm, { content, metadata, buffers: given(buffers) });
    } else {
      const message = { content, metadata, buffers: given(buffers) };
      if (kind === 'comm_msg') comms.get(content.comm_id)?.hear(message);
      else comms.get(content.comm_id)?.end(message);
    }
  };
}

const started = start();
let last = started;
addEventListener('message', ({ data, source }) => {
  if (source !== parent) return;
  // In the order of the kernel: a model must be there before its view.
  last = Promise.all([started, last.catch(console.error)]).then(([take]) => take(data));
});
