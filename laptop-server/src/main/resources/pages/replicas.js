// The notebooks that follow, and what they ask.

import { el } from '/approval.js';
import { ago } from '/format.js';

export function drawReplicas({ replicas, project, now }, onlineMillis, list) {
  const ordered = [...replicas].sort((a, b) => b.last_seen - a.last_seen);
  return list(
    ordered,
    (replica) => {
      const online = now - replica.last_seen < onlineMillis;
      const { label, machine, root, legs } = replica.introduction;
      return el(
        'div',
        { class: 'row' },
        el(
          'span',
          { class: 'grow' },
          label || `replica ${replica.replica.slice(0, 8)}`,
          el('div', { class: 'soft' }, [machine, root, way(legs)].filter(Boolean).join(' · ')),
        ),
        place(replica, project.cursor, online),
        el('span', { class: 'time' }, online ? 'online' : `away, heard ${ago(replica.last_seen, now)}`),
      );
    },
    'None yet. In a notebook, run the lines under “Follow this project in a notebook”.',
  );
}

function way(legs) {
  if (!legs) return '';
  return typeof legs === 'string' ? legs : Object.values(legs).join(' + ');
}

/** At which sequence it is, and how far behind. */
function place({ cursor, reports }, ours, online) {
  const last = reports[0]?.state;
  if (last === 'held') return pill('warn', 'rolled back');
  if (last === 'halted') return pill('warn', 'asks');
  if (last === 'refused') return pill('bad', 'refused');
  if (!cursor || cursor.epoch !== ours.epoch) return pill('soft', online ? 'catching up' : 'unknown');
  const behind = ours.sequence - cursor.sequence;
  if (behind <= 0) return pill('good', `at #${cursor.sequence}`);
  return pill(last === 'waiting' ? 'warn' : 'soft', `#${cursor.sequence}, ${behind} behind${last === 'waiting' ? ', a cell runs' : ''}`);
}

function pill(tone, text) {
  return el('span', { class: `pill number ${tone}` }, text);
}

/** The halts that wait for an answer: those whose newest report is still the question. */
export function haltsOf(replicas) {
  return replicas.flatMap(({ replica, reports, confirmed, declined, introduction }) => {
    const last = reports[0];
    if (last?.state !== 'halted' || confirmed.includes(last.batch) || declined.includes(last.batch)) return [];
    return [{ replica, label: introduction.label || `replica ${replica.slice(0, 8)}`, batch: last.batch, message: last.error?.message }];
  });
}
