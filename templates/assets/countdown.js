// Time left before a deadline, from the server's clock only: the instant printed in the page plus the time elapsed since.
// The time elapsed counts from the request, so what is shown never exceeds what is really left.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MARKS = [
  [HOUR, 'Il reste une heure avant la date limite.'],
  [10 * MINUTE, 'Il reste dix minutes avant la date limite.'],
  [MINUTE, 'Il reste une minute avant la date limite.'],
];

const plural = (n, word) => `${n}\u00a0${word}${n > 1 ? 's' : ''}`;

export function timeLeft(ms) {
  const days = Math.floor(ms / DAY);
  const hours = Math.floor((ms % DAY) / HOUR);
  const minutes = Math.floor((ms % HOUR) / MINUTE);
  const seconds = Math.floor((ms % MINUTE) / SECOND);
  if (days > 0) return [plural(days, 'jour'), hours > 0 && plural(hours, 'heure')].filter(Boolean).join(' et ');
  const two = (n) => String(n).padStart(2, '0');
  if (hours > 0) return `${hours}\u00a0h\u00a0${two(minutes)}\u00a0min\u00a0${two(seconds)}\u00a0s`;
  if (minutes > 0) return `${minutes}\u00a0min\u00a0${two(seconds)}\u00a0s`;
  return plural(seconds, 'seconde');
}

class Countdown {
  constructor(box) {
    this.box = box;
    this.deadline = Date.parse(box.dataset.deadline);
    this.left = box.querySelector('[data-left]');
    this.announce = box.querySelector('[data-announce]');
    this.start(box.dataset.serverNow, performance.getEntriesByType('navigation')[0]?.requestStart ?? 0);
  }

  start(serverNow, since) {
    this.serverNow = Date.parse(serverNow);
    this.since = since;
    this.previous = undefined;
  }

  get runs() {
    return this.left && Number.isFinite(this.deadline) && Number.isFinite(this.serverNow);
  }

  tick() {
    if (!this.runs || this.box.classList.contains('deadline-passed')) return;
    const ms = this.deadline - (this.serverNow + performance.now() - this.since);
    this.box.classList.toggle('deadline-urgent', ms <= HOUR);
    if (ms <= 0) {
      this.box.classList.add('deadline-passed');
      const link = document.createElement('a');
      link.href = location.pathname + location.search;
      link.textContent = 'Rechargez la page pour voir ce qui reste possible';
      this.left.replaceChildren('Le délai est écoulé. ', link, '.');
      this.announce.textContent = 'Le délai est écoulé.';
      return;
    }
    this.left.textContent = `Il reste ${timeLeft(ms)}`;
    for (const [mark, words] of MARKS) if (this.previous > mark && ms <= mark) this.announce.textContent = words;
    this.previous = ms;
  }

  /** Says the same instant on the reader's own clocks, when they show another hour. */
  showOwnZone() {
    const place = this.box.querySelector('[data-own-zone]');
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!place || !own || !Number.isFinite(this.deadline)) return;
    const shape = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit' };
    const read = (timeZone) => {
      const parts = new Intl.DateTimeFormat('fr-FR', { ...shape, timeZone }).formatToParts(this.deadline);
      const of = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
      return `${of.weekday} ${of.day === '1' ? '1er' : of.day}\u00a0${of.month} ${of.year} à ${Number(of.hour)}\u00a0h\u00a0${of.minute}`;
    };
    if (read(own) === read(this.box.dataset.timeZone)) return;
    const city = own.split('/').at(-1).replaceAll('_', ' ');
    place.textContent = `Sur votre ordinateur (fuseau ${city})\u00a0: ${read(own)}.`;
    place.hidden = false;
  }
}

const countdowns = [...document.querySelectorAll('[data-deadline]')].map((box) => new Countdown(box));

/** Asks the server for its time again: a sleeping computer stops the time elapsed. */
async function askAgain() {
  const since = performance.now();
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const serverNow = page.querySelector('[data-server-now]')?.dataset.serverNow;
    if (answer.ok && serverNow) for (const countdown of countdowns) countdown.start(serverNow, since);
  } catch {
    for (const { left } of countdowns) if (left) left.textContent = 'Connexion interrompue\u00a0: le temps restant n’est plus vérifié.';
  }
}

if (countdowns.length > 0) {
  let wall = Date.now() - performance.now();
  const tickAll = () => {
    const drift = Date.now() - performance.now();
    // The machine slept, or its clock was set: either way, only the server knows.
    if (Math.abs(drift - wall) > 2 * SECOND) {
      wall = drift;
      void askAgain();
      return;
    }
    for (const countdown of countdowns) countdown.tick();
  };
  for (const countdown of countdowns) countdown.showOwnZone();
  tickAll();
  setInterval(tickAll, SECOND);
  addEventListener('pageshow', (event) => event.persisted && void askAgain());
}
