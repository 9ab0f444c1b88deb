// Colab's page, as far as notesync meets it: cells, one sandboxed frame of another origin for each output, and the
// comms of these frames, carried to a real kernel (PLATFORMS: google.colab.kernel, packages/outputframe).
const { kernel, server, token, frames, cells } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const SANDBOX = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
/** Which cell a request belongs to, which frame a comm, and who waits for a message to be handled. */
const cellOf = new Map();
const frameOf = new Map();
const acks = new Map();
/** The notebook as it would be saved: the outputs of each cell. */
const saved = JSON.parse(sessionStorage.getItem('saved') ?? '{}');

class Cell {
  constructor(number, source) {
    this.number = number;
    this.source = source;
    this.outputs = saved[number] ?? [];
    const box = document.createElement('section');
    box.innerHTML = '<button>Run</button> <button>Clear</button><pre class="source"></pre><pre class="text"></pre>';
    [this.runs, this.clears] = box.querySelectorAll('button');
    box.querySelector('.source').textContent = source;
    this.text = box.querySelector('.text');
    this.box = box;
    this.runs.onclick = () => this.run();
    this.clears.onclick = () => this.clear();
    document.body.append(box);
    // What was saved with the notebook is shown, and may not speak to the kernel.
    this.show(false);
  }

  run() {
    this.clear();
    this.box.dataset.state = 'running';
    cellOf.set(page.execute(this.source), this);
  }

  clear() {
    // Assumed: the host closes the comms of a frame that it takes away; nobody outside has seen its code.
    for (const [comm, source] of frameOf) {
      if (source !== this.frame?.contentWindow) continue;
      frameOf.delete(comm);
      page.send('comm_close', { comm_id: comm, data: {} });
    }
    this.frame?.remove();
    this.frame = null;
    this.outputs = [];
    this.show(true);
  }

  add(output) {
    this.outputs.push(output);
    this.show(true);
  }

  show(accessAllowed) {
    const plain = this.outputs.filter(({ html }) => html === undefined);
    this.text.textContent = plain.map(({ text }) => text).join('');
    for (const output of this.outputs) if (output.html !== undefined) this.render(output, accessAllowed);
    saved[this.number] = this.outputs;
    sessionStorage.setItem('saved', JSON.stringify(saved));
  }

  render({ id, html }, accessAllowed) {
    if (!this.frame) {
      this.frame = document.createElement('iframe');
      this.frame.setAttribute('sandbox', SANDBOX);
      this.frame.src = `${frames}/frame?${accessAllowed ? '' : 'again'}`;
      this.frame.style.cssText = 'width:500px;height:360px';
      this.shown = new Map();
      this.box.append(this.frame);
      this.loaded = new Promise((done) => this.frame.addEventListener('load', done, { once: true }));
    }
    if (this.shown.get(id) === html) return;
    this.shown.set(id, html);
    const { frame } = this;
    void this.loaded.then(() => frame.contentWindow?.postMessage({ render: id, html }, frames));
  }

  update(id, data) {
    const output = this.outputs.find((one) => one.id === id);
    if (!output) return;
    // A display is changed in its frame: whatever the frame's scripts have made stays.
    const { frame } = this;
    if (output.html !== undefined) frame?.contentWindow?.postMessage({ render: id, html: data['text/html'] ?? '' }, frames);
    if (data['text/html'] === undefined) Object.assign(output, { html: undefined, text: `${data['text/plain']}\n` });
    else output.html = data['text/html'];
    this.show(true);
  }
}

const page = new Kernel({ kernel, server, token }, ({ header, parent_header, content, buffers }) => {
  const cell = cellOf.get(parent_header.msg_id);
  const kind = header.msg_type;
  if (kind === 'comm_msg' || kind === 'comm_close') {
    const closed = kind === 'comm_close';
    frameOf.get(content.comm_id)?.postMessage({ comm: content.comm_id, data: content.data, buffers, closed }, frames);
  } else if (kind === 'status' && content.execution_state === 'idle') {
    acks.get(parent_header.msg_id)?.();
    if (cell) cell.box.dataset.state = 'idle';
  } else if (kind === 'stream') cell?.add({ text: content.text });
  else if (kind === 'error') cell?.add({ text: `${content.ename}: ${content.evalue}\n` });
  else if (kind === 'display_data' || kind === 'execute_result') {
    const id = content.transient?.display_id ?? header.msg_id;
    const html = content.data['text/html'];
    cell?.add(html === undefined ? { id, text: `${content.data['text/plain']}\n` } : { id, html });
  } else if (kind === 'update_display_data') {
    for (const one of shownCells) one.update(content.transient.display_id, content.data);
  }
});

addEventListener('message', ({ data, source, origin }) => {
  if (origin !== frames) return;
  const { does, comm, target, message, buffers, ack } = data;
  if (does === 'open') frameOf.set(comm, source);
  const content = does === 'open' ? { comm_id: comm, target_name: target, data: message } : { comm_id: comm, data: message };
  const sent = page.send({ open: 'comm_open', send: 'comm_msg', close: 'comm_close' }[does], content, buffers);
  acks.set(sent, () => source?.postMessage({ ack }, frames));
});

const shownCells = [];
void page.ready.then(() => {
  cells.forEach((source, number) => shownCells.push(new Cell(number, source)));
  document.body.dataset.ready = '';
});
