// Demonstration only: its clock runs in the bar, and the next step of the guided path stays in sight.

const clock = document.querySelector('[data-clock]');
if (clock) {
  const start = Date.parse(clock.dataset.clock);
  const since = performance.getEntriesByType('navigation')[0]?.requestStart ?? 0;
  const shape = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit', second: '2-digit' });
  const tick = () => {
    const of = Object.fromEntries(shape.formatToParts(start + performance.now() - since).map(({ type, value }) => [type, value]));
    clock.textContent = `${of.weekday} ${of.day === '1' ? '1er' : of.day}\u00a0${of.month} ${of.year}, ${Number(of.hour)}\u00a0h\u00a0${of.minute}\u00a0min\u00a0${of.second}\u00a0s`;
  };
  tick();
  setInterval(tick, 1000);
}

const guide = document.querySelector('[data-guide]');
if (guide) {
  try {
    const answer = await fetch('/demonstration/etape', { headers: { accept: 'application/json' } });
    const { sentence } = answer.ok ? await answer.json() : {};
    if (sentence) guide.textContent = sentence;
  } catch {
    // The link stays as it was written: the path does not depend on this sentence.
  }
}

// The list of dates closes as any menu does.
const jump = document.querySelector('.jump');
if (jump) {
  document.addEventListener('click', (event) => jump.contains(event.target) || jump.removeAttribute('open'));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !jump.open) return;
    jump.removeAttribute('open');
    jump.querySelector('summary').focus();
  });
}

// A mail is shown whole: its frame takes the height of what it holds.
for (const frame of document.querySelectorAll('.mail-frame')) {
  const fit = () => frame.contentDocument?.body && frame.setAttribute('height', frame.contentDocument.documentElement.scrollHeight + 2);
  frame.addEventListener('load', fit);
  fit();
}
