// The card on which the user allows or refuses a pairing; the same on every page that can show one.

const CODE_CHARACTERS = 6;
const READ_MILLIS = 1000;

/** An element with attributes and children; text is never read as HTML. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/**
 * Allow works only for someone who has had the page in front of them for a second and moved the pointer or used the
 * keyboard on it: a page that opens this window under a double click gets nothing.
 */
class Attention {
  constructor(changed) {
    this.moved = false;
    this.since = 0;
    this.changed = changed;
    this.controller = new AbortController();
    const options = { signal: this.controller.signal };
    const look = () => this.look();
    window.addEventListener('focus', look, options);
    window.addEventListener('blur', look, options);
    document.addEventListener('visibilitychange', look, options);
    const move = (event) => {
      if (event.isTrusted && this.since) this.moved = true;
      this.changed();
    };
    window.addEventListener('pointermove', move, options);
    window.addEventListener('keydown', move, options);
    this.look();
  }

  look() {
    const here = document.hasFocus() && document.visibilityState === 'visible';
    if (!here) this.since = 0;
    else if (!this.since) {
      this.since = performance.now();
      setTimeout(() => this.changed(), READ_MILLIS + 20);
    }
    this.changed();
  }

  get given() {
    return this.moved && this.since > 0 && performance.now() - this.since >= READ_MILLIS;
  }

  end() {
    this.controller.abort();
  }
}

function plain(code) {
  return code.replace(/[\s-]/g, '');
}

/**
 * Builds the card for one request. `decide(allow, code, remember)` asks the server and resolves to its state: `allowed`, `wrong`,
 * `denied` or `expired`.
 */
export function approvalCard(request, folder, decide) {
  const code = el('input', {
    class: 'code',
    id: `code-${request.pairing}`,
    'data-role': 'code',
    maxlength: '12',
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    'aria-describedby': `message-${request.pairing}`,
  });
  const allow = el('button', { class: 'primary', type: 'submit', 'data-role': 'allow', disabled: true }, 'Allow');
  const deny = el('button', { type: 'button', 'data-role': 'deny' }, 'Refuse');
  const message = el('p', { class: 'message soft', id: `message-${request.pairing}`, role: 'status' });
  const fromKernel = request.origin === 'kernel';
  const until = el('dd', { 'data-role': 'until' });
  const remember = el('input', {
    type: 'checkbox',
    id: `remember-${request.pairing}`,
    'data-role': 'remember',
    onchange: () => sayHowLong(),
  });
  sayHowLong();
  const facts = el(
    'dl',
    { class: 'facts' },
    el('dt', {}, 'Notebook'),
    el('dd', {}, request.label || 'without a name'),
    request.machine ? el('dt', {}, 'Machine') : null,
    request.machine ? el('dd', {}, request.machine) : null,
    el('dt', {}, 'Asks from'),
    el('dd', fromKernel ? {} : { class: 'mono' }, fromKernel ? 'a program, without a browser' : request.origin),
    el('dt', {}, 'May'),
    folder ? el('dd', {}, 'read ', el('code', {}, folder)) : el('dd', {}, 'read the project that this server shows'),
    el('dt', {}, 'Until'),
    until,
  );
  let over = false;
  let attention = null;
  attention = new Attention(refresh);

  function sayHowLong() {
    until.textContent = `you revoke it, ${remember.checked ? '' : 'the server stops, '}or nobody used it for 12 hours`;
  }

  function refresh() {
    allow.disabled = over || plain(code.value).length !== CODE_CHARACTERS || !attention?.given;
  }

  async function answer(yes) {
    if (over || (yes && allow.disabled)) return;
    let state;
    try {
      state = await decide(yes, code.value, remember.checked);
    } catch (error) {
      // A fetch that reached nobody is a TypeError.
      message.textContent = error instanceof TypeError ? 'The server does not answer. Is it still running?' : error.message;
      message.className = 'message bad';
      return;
    }
    if (state === 'wrong') {
      message.textContent = 'That is not the code. Look at it once more in the notebook.';
      message.className = 'message bad';
      code.select();
      refresh();
      return;
    }
    const denied = yes ? 'That was the third wrong code. Connect again in the notebook for a new one.' : 'Refused.';
    const expired = 'The request is no longer there. Connect again in the notebook.';
    end({ allowed: 'Allowed. The notebook is connected.', denied, expired }[state]);
  }

  function end(text) {
    over = true;
    attention.end();
    code.disabled = remember.disabled = allow.disabled = deny.disabled = true;
    message.textContent = text;
    message.className = 'message';
  }

  code.addEventListener('input', refresh);
  deny.addEventListener('click', () => answer(false));
  const form = el(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        answer(true);
      },
    },
    el('label', { for: code.id }, 'Code that the notebook shows'),
    code,
    el('label', { class: 'choice', for: remember.id }, remember, 'Also when the server is started again'),
    el('div', { class: 'actions' }, allow, deny),
    message,
  );
  const card = el('section', { class: 'card ask', 'data-pairing': request.pairing }, el('h2', {}, 'A notebook asks to read your project'), facts, form);
  return { card, focus: () => code.focus(), isOver: () => over, end };
}
