import { approvalCard } from '/approval.js';
import { call, decideWithKey, Locked } from '/key.js';

const LOOK_MILLIS = 1000;
const cards = new Map();
const $ = (id) => document.getElementById(id);

function show({ pending, root }) {
  for (const request of pending) {
    if (cards.has(request.pairing)) continue;
    const card = approvalCard(request, root, decideWithKey(request.pairing));
    cards.set(request.pairing, card);
    $('asks').append(card.card);
    card.focus();
  }
  for (const [id, card] of cards) {
    if (!card.isOver() && !pending.some((request) => request.pairing === id)) card.end('Answered elsewhere, or too late.');
  }
  $('none').hidden = cards.size > 0;
  $('locked').hidden = true;
}

async function look() {
  try {
    show(await call('GET', ''));
  } catch (error) {
    if (error instanceof Locked) {
      $('locked').hidden = false;
      $('none').hidden = true;
    } else {
      $('none').hidden = false;
      $('status').textContent = 'The server does not answer. Is it still running?';
    }
  }
  setTimeout(look, LOOK_MILLIS);
}

look();
