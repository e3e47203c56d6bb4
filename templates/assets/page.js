// Small comforts of every page; each page does without them.

/** The browser writes its button in its own language: ours is in French everywhere. The field itself stays, above, and keeps its name. */
function dressFileField(field) {
  const box = document.createElement('div');
  const button = document.createElement('span');
  const names = document.createElement('span');
  box.className = 'input input-file pick';
  button.className = 'pick-button';
  names.className = 'pick-names';
  button.textContent = field.multiple ? 'Choisir des fichiers' : 'Choisir un fichier';
  for (const words of [button, names]) words.setAttribute('aria-hidden', 'true');
  const say = () => (names.textContent = [...field.files].map(({ name }) => name).join(', ') || 'Aucun fichier choisi');
  say();
  field.replaceWith(box);
  box.append(button, names, field);
  field.addEventListener('change', () => setTimeout(say)); // after whoever takes the files and empties the field
}
for (const field of document.querySelectorAll('input[type=file].input-file')) dressFileField(field);

/** On a phone the menu is one line that slides: where one is stays in sight. */
const here = document.querySelector('.nav a[aria-current]');
if (here) here.closest('ul').scrollLeft = here.offsetLeft - 24;

/** A phone has no room for a PDF inside a page: a button opens it. */
if (navigator.pdfViewerEnabled === false) {
  for (const frame of document.querySelectorAll('.letter-preview object')) {
    const link = frame.querySelector('a').cloneNode(true);
    link.className = 'button button-secondary';
    const line = document.createElement('p');
    line.className = 'actions';
    line.append(link);
    frame.replaceWith(line);
  }
}

/** Only a table wider than its frame needs a stop of the Tab key, to be scrolled. */
const frames = new ResizeObserver((seen) => {
  for (const { target } of seen) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute('tabindex');
  }
});
for (const frame of document.querySelectorAll('.table-frame')) frames.observe(frame);

/** Work in progress on the server: the page comes back by itself once it is done, and never under somebody's fingers before. */
const EVERY_MS = 3000;
const TIMES = 60;
async function waitForTheEnd() {
  for (let i = 0; i < TIMES; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (answer.ok && !(await answer.text()).includes('data-waiting')) return location.reload();
    } catch {
      // Cut for a moment: asked again.
    }
  }
}
if (document.querySelector('[data-waiting]')) void waitForTheEnd();

/** Presences and checks during an opening: only the list changes; the page comes back whole once somebody may do more, unless a hand is in a field. */
const LIVE_MS = 4000;
async function follow(list) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LIVE_MS));
    if (document.hidden) continue;
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (!answer.ok) continue;
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]');
      if (!fresh) return location.reload();
      if (fresh.dataset.liveState !== list.dataset.liveState) {
        if (!document.activeElement?.matches('input, textarea, select, button')) return location.reload();
      }
      if (fresh.innerHTML !== list.innerHTML) list.innerHTML = fresh.innerHTML;
      if (fresh.dataset.live !== 'on' && fresh.dataset.liveState === list.dataset.liveState) return;
    } catch {
      // Cut for a moment: asked again.
    }
  }
}
const live = document.querySelector('[data-live="on"]');
if (live) void follow(live);
