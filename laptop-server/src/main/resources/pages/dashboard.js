// The dashboard: asks the server once a second, and redraws only what changed.

import { approvalCard, el } from '/approval.js';
import { batchesOf, drawBatches } from '/batches.js';
import { drawReplicas, haltsOf } from '/replicas.js';
import { ago, bytes, clock, count } from '/format.js';
import { call, decideWithKey, Locked } from '/key.js';

const LOOK_MILLIS = 1000;
const HIDDEN_LOOK_MILLIS = 10_000;
const EVENTS_SHOWN = 12;
const ONLINE_MILLIS = 40_000;
const $ = (id) => document.getElementById(id);
const drawn = new Map();
const asks = new Map();
let ignored = [];

/** Redraws a part when what it shows is not what it showed. */
function part(id, shown, draw) {
  const text = JSON.stringify(shown);
  if (drawn.get(id) === text) return;
  drawn.set(id, text);
  const focused = $(id).contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  $(id).replaceChildren(...[draw(shown)].flat());
  // Who works with the keyboard stays where he was.
  if (focused) $(id).querySelector(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
}

function list(items, draw, empty) {
  if (!items.length) return el('p', { class: 'empty' }, empty);
  return el('ul', { class: 'rows' }, ...items.map((item) => el('li', {}, ...[draw(item)].flat())));
}

function title(id, text, number) {
  $(id).replaceChildren(text, ...(number ? [el('span', { class: 'count number' }, `  ${number}`)] : []));
}

function show(seen) {
  $('locked').hidden = true;
  $('main').hidden = false;
  const { project, problems, pairings } = seen;
  document.title = `${seen.pending.length ? '● ' : ''}${project.name} – notesync`;
  $('project').textContent = project.name;
  $('root').textContent = seen.root;
  state(seen);
  showAsks(seen);
  part('replicas', [seen.replicas, project.cursor, Math.floor(seen.now / 5000)], () =>
    drawReplicas(seen, ONLINE_MILLIS, list),
  );
  part('batches', batchesOf(seen.events, seen.replicas), drawBatches);
  progress(seen.progress);
  part('activity', [seen.events.filter(isActivity).slice(0, EVENTS_SHOWN)], ([events]) =>
    list(events, drawEvent, 'Nothing yet. Save a file and it appears here.'),
  );
  title('problems-title', 'Problems', problems.length);
  part('problems', problems, () => list(problems, drawProblem, 'None. Every file is synchronised or ignored by a rule.'));
  part('pairings', [pairings, Math.floor(seen.now / 30_000)], () =>
    list(pairings, (pairing) => drawPairing(pairing, seen.now), 'Nobody. A notebook that asks appears at the top of this page.'),
  );
  part('served', [project, seen.root], () => drawServed(project));
  title('ignored-title', 'Ignored paths', seen.ignored.length);
  ignored = seen.ignored;
  drawIgnored();
  part('cells', location.port, () => cells());
}

function state({ state, why }) {
  const words = { ready: 'watching', starting: 'first scan', held: 'waiting', unavailable: 'not available' };
  const tone = { ready: 'good', starting: 'soft', held: 'warn', unavailable: 'bad' };
  $('state').textContent = why ? `${words[state]}: ${why}` : words[state];
  $('state').className = `pill ${tone[state]}`;
}

function progress(going) {
  const bar = $('progress');
  bar.hidden = !going;
  if (!going) return;
  const known = going.percent >= 0;
  $('progress-line').textContent = known ? `${going.line} · ${going.percent} %` : going.line;
  if (known) $('progress-bar').value = going.percent;
  else $('progress-bar').removeAttribute('value');
}

function showAsks({ pending, root, replicas }) {
  for (const request of pending) {
    if (asks.has(request.pairing)) continue;
    const card = approvalCard(request, root, decideWithKey(request.pairing));
    asks.set(request.pairing, card);
    $('asks').append(card.card);
    card.focus();
  }
  for (const [id, card] of asks) {
    if (card.isOver()) {
      setTimeout(() => card.card.remove(), 4000);
      asks.delete(id);
    } else if (!pending.some((request) => request.pairing === id)) {
      card.end('Answered elsewhere, or too late.');
    }
  }
  const halts = haltsOf(replicas);
  const text = JSON.stringify(halts);
  if (drawn.get('halts') === text) return;
  drawn.set('halts', text);
  document.querySelectorAll('[data-halt]').forEach((card) => card.remove());
  for (const halt of halts) $('asks').append(drawHalt(halt));
}

function drawHalt({ replica, label, batch, message }) {
  const answer = (confirm) => call('POST', `/replicas/${replica}/halts/${batch}`, { confirm }).then(look);
  return el(
    'section',
    { class: 'card ask', 'data-halt': batch },
    el('h2', {}, `${label} stopped and asks`),
    el('p', {}, message || 'A batch would remove a large part of the replica.'),
    el(
      'div',
      { class: 'actions' },
      el('button', { type: 'button', 'data-role': 'confirm', onclick: () => answer(true) }, 'Do it'),
      el('button', { type: 'button', 'data-role': 'decline', onclick: () => answer(false) }, 'Keep the replica as it is'),
    ),
  );
}

/** What other parts of the page do not show already. */
function isActivity({ event, line }) {
  return line && !['applied', 'batch', 'problem'].includes(event);
}

function drawEvent(event) {
  const tone = { notice: 'warn', refused: 'bad', halted: 'warn' }[event.event] ?? '';
  return el(
    'div',
    { class: 'row' },
    el('span', { class: 'time' }, clock(event.at)),
    el('span', { class: `grow ${tone}` }, event.line.split('\n')[0]),
  );
}

function drawProblem({ path, message, remedy }) {
  const why = message.startsWith(path) ? message.slice(path.length).trim() : message;
  return [el('code', {}, path), el('div', { class: 'warn' }, why), el('div', { class: 'soft' }, `To do: ${remedy}.`)];
}

function drawPairing({ pairing, label, machine, origin, remembered, last_used: lastUsed }, now) {
  const from = origin === 'kernel' ? 'without a browser' : origin;
  const revoke = el(
    'button',
    {
      class: 'small',
      type: 'button',
      'data-role': 'revoke',
      'data-focus': pairing,
      'aria-label': `Revoke ${label || 'what has no name'}${machine ? ` on ${machine}` : ''}, ${from}`,
      onclick: () => call('DELETE', `/pairings/${pairing}`).then(look),
    },
    'Revoke',
  );
  return el(
    'div',
    { class: 'row' },
    el(
      'span',
      { class: 'grow' },
      label || 'without a name',
      el('div', { class: 'soft' }, `${machine ? `${machine}, ` : ''}${from}, used ${ago(lastUsed, now)}${remembered ? ', remembered' : ''}`),
    ),
    revoke,
  );
}

function drawServed({ files, bytes: size, cursor, git, python_paths: paths }) {
  const commit = git ? `${git.branch ?? 'detached'} ${git.commit?.slice(0, 8) ?? ''}${git.dirty ? ', with changes' : ''}` : null;
  const facts = [
    ['Files', `${count(files, 'file')}, ${bytes(size)}`],
    ['Sequence', `#${cursor.sequence}`],
    ['Python', paths.map((path) => path || '(root)').join(', ')],
    ['Git', commit],
  ];
  return el(
    'dl',
    { class: 'facts' },
    ...facts.filter(([, value]) => value).flatMap(([name, value]) => [el('dt', {}, name), el('dd', { class: 'number' }, value)]),
  );
}

function drawIgnored() {
  const wanted = $('ignored-filter').value.toLowerCase();
  const shown = ignored.filter(({ path, rule }) => `${path} ${rule}`.toLowerCase().includes(wanted)).slice(0, 200);
  part('ignored', shown, () =>
    list(
      shown,
      ({ path, rule, file, line }) => [
        el('code', {}, path),
        el('div', { class: 'soft' }, el('code', {}, rule), ` in ${file}${line ? `, line ${line}` : ''}`),
      ],
      'None.',
    ),
  );
}

function cells() {
  const port = location.port && location.port !== '8765' ? ` --page ${location.origin}` : '';
  return `%pip install notesync\n%load_ext notesync\n%notesync connect${port}`;
}

$('ignored-filter').addEventListener('input', drawIgnored);
$('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(cells());
  $('copy').textContent = 'Copied';
  setTimeout(() => ($('copy').textContent = 'Copy'), 2000);
});

let timer;
async function look() {
  clearTimeout(timer);
  try {
    show(await call('GET', ''));
  } catch (error) {
    if (error instanceof Locked) {
      $('main').hidden = true;
      $('locked').hidden = false;
      $('project').textContent = 'Locked';
      $('state').hidden = true;
    } else {
      $('state').textContent = 'the server does not answer';
      $('state').className = 'pill bad';
      if (!(error instanceof TypeError)) console.error(error);
    }
  }
  timer = setTimeout(look, document.hidden ? HIDDEN_LOOK_MILLIS : LOOK_MILLIS);
}

document.addEventListener('visibilitychange', () => document.hidden || look());
look();
