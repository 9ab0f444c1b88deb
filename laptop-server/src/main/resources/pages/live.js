// A live picture of how long batches take, one bar each, the newest at the right.

import { el } from '/approval.js';

const BARS = 60;
const HEIGHT = 72;
const STEP = 10;

export function drawLive(events) {
  const times = events
    .map((event) => event.timings?.applied)
    .filter((millis) => typeof millis === 'number')
    .slice(0, BARS)
    .reverse();
  if (!times.length) return el('p', { class: 'empty' }, 'Nothing yet. Each batch that a notebook applies gets a bar.');
  const sorted = [...times].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  const most = sorted.at(-1);
  const summary = `median ${median} ms, longest ${most} ms, of ${times.length}`;
  return [chart(times, most, summary), el('p', { class: 'message soft number' }, summary)];
}

function chart(times, most, summary) {
  const svg = shape('svg', {
    class: 'chart',
    viewBox: `0 0 ${BARS * STEP} ${HEIGHT}`,
    preserveAspectRatio: 'none',
    role: 'img',
    'aria-label': `Time from offer to applied: ${summary}`,
  });
  svg.append(shape('line', { x1: 0, y1: HEIGHT - 0.5, x2: BARS * STEP, y2: HEIGHT - 0.5 }));
  times.forEach((millis, index) => {
    const height = Math.max(2, ((HEIGHT - 4) * millis) / Math.max(most, 1));
    const x = (BARS - times.length + index) * STEP + 1;
    const bar = shape('rect', { x, y: HEIGHT - height, width: STEP - 2, height, rx: 1 });
    const hint = shape('title', {});
    hint.textContent = `${millis} ms`;
    bar.append(hint);
    svg.append(bar);
  });
  return svg;
}

function shape(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
