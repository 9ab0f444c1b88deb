// A page's way to a real kernel: one socket, in the framing that every Jupyter server knows.
class Kernel {
  /** `hear(message)` gets all that the kernel says. */
  constructor({ server, kernel, token }, hear) {
    this.session = crypto.getRandomValues(new Uint32Array(2)).join('');
    this.count = 0;
    const url = `${server}api/kernels/${kernel}/channels?session_id=${this.session}&token=${token}`;
    this.socket = new WebSocket(url);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = ({ data }) => hear(decode(data));
    this.ready = new Promise((done) => (this.socket.onopen = done));
  }

  /** Returns the message's id. */
  send(type, content, buffers = [], metadata = {}) {
    const msg_id = `${this.session}-${(this.count += 1)}`;
    const date = new Date().toISOString();
    const header = { msg_id, msg_type: type, session: this.session, username: '', version: '5.3', date };
    const message = JSON.stringify({ header, parent_header: {}, metadata, content, channel: 'shell', buffers: [] });
    if (buffers.length === 0) this.socket.send(message);
    else {
      const parts = [new TextEncoder().encode(message), ...buffers.map((buffer) => new Uint8Array(buffer))];
      let offset = 4 * (parts.length + 1);
      const whole = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, offset));
      const head = new DataView(whole.buffer);
      head.setUint32(0, parts.length);
      parts.forEach((part, index) => {
        head.setUint32(4 * (index + 1), offset);
        whole.set(part, offset);
        offset += part.byteLength;
      });
      this.socket.send(whole);
    }
    return msg_id;
  }

  execute(code) {
    const content = { code, silent: false, store_history: true, allow_stdin: false, stop_on_error: true };
    return this.send('execute_request', content);
  }
}

function decode(data) {
  if (typeof data === 'string') return { ...JSON.parse(data), buffers: [] };
  const view = new DataView(data);
  const offsets = Array.from({ length: view.getUint32(0) }, (_, index) => view.getUint32(4 * (index + 1)));
  const parts = offsets.map((offset, index) => data.slice(offset, offsets[index + 1]));
  return { ...JSON.parse(new TextDecoder().decode(parts[0])), buffers: parts.slice(1) };
}
