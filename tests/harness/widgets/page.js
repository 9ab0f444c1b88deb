// The page of a host that lets only widgets talk: cells, and for each output with a widget one sandboxed frame of
// another origin, which gets the widget's comms and nothing else of the kernel.
const told = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const { frames, cells, sandbox, allow, limit, loose } = told;
const cellOf = new Map();
/** Which cell's frame a comm belongs to. */
const ownerOf = new Map();
/** The notebook as it would be saved: the outputs of each cell. */
const saved = {};

class Cell {
  constructor(number, source) {
    this.number = number;
    this.source = source;
    this.box = document.createElement('section');
    this.box.innerHTML = '<button>Run</button><pre class="source"></pre><pre class="text"></pre>';
    this.box.querySelector('.source').textContent = source;
    this.box.querySelector('button').onclick = () => this.run();
    this.text = this.box.querySelector('.text');
    document.body.append(this.box);
  }

  run() {
    for (const [comm, owner] of ownerOf) if (owner === this) ownerOf.delete(comm);
    this.frame?.remove();
    this.frame = null;
    this.text.textContent = '';
    saved[this.number] = [];
    this.box.dataset.state = 'running';
    cellOf.set(page.execute(this.source), this);
  }

  keep(output) {
    saved[this.number].push(output);
    sessionStorage.setItem('saved', JSON.stringify(saved));
  }

  add(text) {
    this.text.textContent += text;
    this.keep(text);
  }

  tell(message) {
    if (!this.frame) {
      this.frame = document.createElement('iframe');
      this.frame.setAttribute('sandbox', sandbox);
      if (allow) this.frame.setAttribute('allow', allow);
      this.frame.src = `${frames}/frame#${encodeURIComponent(JSON.stringify(told))}`;
      this.frame.style.cssText = 'width:500px;height:360px';
      this.box.append(this.frame);
      const { frame } = this;
      this.loaded = new Promise((done) => frame.addEventListener('load', done, { once: true }));
    }
    const { frame } = this;
    void this.loaded.then(() => frame.contentWindow?.postMessage(message, '*'));
  }
}

const page = new Kernel(told, ({ header, parent_header, content, metadata, buffers }) => {
  const cell = cellOf.get(parent_header.msg_id);
  const kind = header.msg_type;
  if (kind === 'comm_open' && content.target_name === 'jupyter.widget' && cell) ownerOf.set(content.comm_id, cell);
  if (kind.startsWith('comm_')) ownerOf.get(content.comm_id)?.tell({ kind, content, metadata, buffers });
  else if (kind === 'status' && content.execution_state === 'idle' && cell) cell.box.dataset.state = 'idle';
  else if (kind === 'stream') cell?.add(content.text);
  else if (kind === 'error') cell?.add(`${content.ename}: ${content.evalue}\n`);
  else if (kind === 'display_data' || kind === 'execute_result') {
    const widget = content.data['application/vnd.jupyter.widget-view+json'];
    // Whatever else could be shown is shown as text: no script of an output runs here.
    if (widget) cell?.keep(content.data);
    else cell?.add(`${content.data['text/plain']}\n`);
    if (widget) cell?.tell({ kind: 'view', model: widget.model_id });
  }
});

addEventListener('message', ({ data, source }) => {
  const cell = shown.find(({ frame }) => frame && frame.contentWindow === source);
  if (!cell || ownerOf.get(data.content.comm_id) !== cell) return;
  const buffers = data.buffers.map((buffer) => (loose && ArrayBuffer.isView(buffer) ? buffer.buffer : buffer));
  const size = buffers.reduce((sum, { byteLength }) => sum + byteLength, JSON.stringify(data.content).length);
  // What is too large is lost without a word.
  if (size < limit) page.send('comm_msg', data.content, buffers, data.metadata);
});

const shown = [];
void page.ready.then(() => {
  cells.forEach((source, number) => shown.push(new Cell(number, source)));
  document.body.dataset.ready = '';
});
