// The last batches: how big, and how long each leg of the way took. A table, and a picture of the same.

import { el } from '/approval.js';
import { bytes, clock, count } from '/format.js';

const BARS = 40;
const ROWS = 6;
const HEIGHT = 84;
const STEP = 15;

/** The legs of the way, in their order: from the save to the batch, then as the replica reports them. */
const LEGS = [
  ['found', 'save → batch'],
  ['received', 'on the way'],
  ['staged', 'checked'],
  ['applied', 'applied'],
];

/** Every batch that was applied, the newest first, with the milliseconds of each leg. */
export function batchesOf(events, replicas) {
  const found = new Map();
  const offers = new Map();
  for (const event of events) {
    if (event.event === 'sequence') found.set(event.sequence, event.millis);
    if (event.event === 'batch') offers.set(event.batch, event);
  }
  const labels = new Map(replicas.map(({ replica, introduction }) => [replica, introduction.label]));
  return events
    .filter(({ event, timings }) => event === 'applied' && typeof timings?.applied === 'number')
    .map(({ at, batch, cursor, replica, timings }) => {
      const offer = offers.get(batch);
      const sequence = cursor?.sequence ?? offer?.sequence;
      // Only a batch of one sequence has one save.
      const legs = { found: offer?.kind === 'delta' ? (found.get(sequence) ?? 0) : 0 };
      let before = 0;
      for (const name of ['received', 'staged', 'applied']) {
        const until = Math.max(before, timings[name] ?? before);
        legs[name] = until - before;
        before = until;
      }
      return { at, sequence, label: labels.get(replica) ?? '', offer, legs, total: legs.found + before };
    });
}

export function drawBatches(batches) {
  if (!batches.length) return el('p', { class: 'empty' }, 'Nothing yet. Each batch that a notebook applies is shown here.');
  const shown = batches.slice(0, BARS).reverse();
  const sorted = shown.map(({ total }) => total).sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  const most = sorted.at(-1);
  const summary = `Save to live: median ${median} ms, longest ${most} ms, of ${count(shown.length, 'batch', 'batches')}.`;
  return [chart(shown, most, summary), legend(summary), table(batches.slice(0, ROWS))];
}

function chart(batches, most, summary) {
  const svg = shape('svg', {
    class: 'chart',
    viewBox: `0 0 ${BARS * STEP} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': summary,
  });
  svg.append(shape('line', { x1: 0, y1: HEIGHT - 0.5, x2: BARS * STEP, y2: HEIGHT - 0.5 }));
  batches.forEach((batch, index) => {
    const bar = shape('g', {});
    const hint = shape('title', {});
    hint.textContent = `#${batch.sequence}: ${batch.total} ms`;
    bar.append(hint);
    let y = HEIGHT - 1;
    for (const [name] of LEGS) {
      const height = ((HEIGHT - 6) * batch.legs[name]) / Math.max(most, 1);
      y -= height;
      const x = (BARS - batches.length + index) * STEP + 2;
      bar.append(shape('rect', { class: `leg-${name}`, x, y, width: STEP - 4, height }));
    }
    svg.append(bar);
  });
  return svg;
}

function legend(summary) {
  const keys = LEGS.map(([name, words]) => el('span', { class: 'key' }, el('i', { class: `swatch leg-${name}` }), words));
  return el('div', { class: 'legend' }, el('span', { class: 'grow number' }, summary), ...keys);
}

function table(batches) {
  const head = ['Batch', 'Save to live', 'What', 'To', ...LEGS.map(([, words]) => words)];
  const rows = batches.map(({ at, sequence, label, offer, legs, total }) =>
    el(
      'tr',
      { title: clock(at) },
      el('th', { scope: 'row' }, `#${sequence}`),
      el('td', { class: 'total' }, `${total} ms`),
      el('td', {}, offer ? `${count(offer.changes, 'change')}, ${bytes(offer.bytes)}` : ''),
      el('td', { class: 'label' }, label),
      ...LEGS.map(([name]) => el('td', { class: 'soft' }, legs[name] ? `${legs[name]} ms` : '–')),
    ),
  );
  return el(
    'div',
    { class: 'scroll', tabindex: '0', 'data-focus': 'batches', role: 'region', 'aria-label': 'The last batches' },
    el('table', {}, el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col' }, text)))), el('tbody', {}, ...rows)),
  );
}

function shape(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
