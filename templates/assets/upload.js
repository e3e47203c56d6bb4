// The deposit's form: files chosen or dropped leave at once, three at a time. Without this module it is a plain multipart POST.
import { dropped, named } from './dropped.js';
import { isSame } from './same-file.js';
import { Sending } from './sending.js';
import { inBytes, inTime } from './words.js';

/** A browser opens six connections to one server; the page itself needs some. */
const AT_ONCE = 3;
/** The time left is told from the last seconds: an average from the start would forget a pause, or a better line. */
const SEEN_MS = 20_000;
const plural = (n, one, many) => `${n}\u00a0${n > 1 ? many : one}`;

class Desk {
  constructor(form) {
    const number = (name) => Number(form.dataset[name]) || 0;
    this.form = form;
    this.endpoint = form.dataset.endpoint;
    this.csrf = form.dataset.csrf;
    this.max = { file: number('maxFileBytes') || Infinity, total: number('maxTotalBytes') || Infinity, files: number('maxFiles') || Infinity };
    this.used = { bytes: number('usedBytes'), files: number('usedFiles') };
    this.sendings = [];
    this.seen = [];
    this.find = (selector) => form.querySelector(selector);
    this.list = this.find('[data-list]');
    this.unfinished = [...document.querySelectorAll('[data-unfinished]')].map((row) => ({ row, url: row.dataset.unfinished, name: row.dataset.name, size: Number(row.dataset.size), received: Number(row.dataset.received) }));
    this.listen();
  }

  listen() {
    for (const element of document.querySelectorAll('[data-js]')) element.hidden = false;
    for (const element of document.querySelectorAll('[data-nojs]')) element.hidden = true;
    this.form.addEventListener('submit', (event) => event.preventDefault());
    this.listenToInput(this.find('[data-files]'));
    this.listenToInput(this.find('[data-folder-files]'));
    this.find('[data-folder]').onclick = () => this.find('[data-folder-files]').click();
    this.find('[data-pause-all]').onclick = () => this.pauseAll();
    this.listenToDrops(this.find('[data-drop]'));
    for (const one of this.unfinished) one.row.querySelector('[data-resume]').onclick = () => this.chooseAgain(one);
    addEventListener('online', () => this.sendings.filter(({ state }) => state === 'stopped').forEach((one) => this.resume(one)));
    addEventListener('beforeunload', (event) => {
      if (this.busy) event.preventDefault();
    });
  }

  listenToInput(input) {
    input.addEventListener('change', () => {
      void this.add(named(input.files));
      input.value = ''; // the same file may be chosen again after a refusal
    });
  }

  listenToDrops(drop) {
    const over = (is) => (event) => {
      event.preventDefault();
      drop.classList.toggle('drop-over', is);
    };
    drop.addEventListener('dragover', over(true));
    drop.addEventListener('dragleave', over(false));
    drop.addEventListener('drop', (event) => {
      over(false)(event);
      dropped(event.dataTransfer, this.room).then((files) => this.add(files), () => this.complain('Ce dossier n’a pas pu être lu. Choisissez ses fichiers un par un.'));
    });
  }

  get busy() {
    return this.sendings.some(({ going }) => going);
  }

  /** Files that count for the limits and are not counted yet: neither refused, cancelled, nor on the page since before. */
  get counted() {
    return this.sendings.filter(({ state, unfinished }) => state !== 'refused' && state !== 'cancelled' && !unfinished);
  }

  get room() {
    return this.max.files - this.used.files - this.counted.length;
  }

  announce(words) {
    this.find('[data-status]').textContent = words;
  }

  complain(words) {
    const place = this.find('[data-complaint]');
    place.hidden = !words;
    place.querySelector('[data-words]').textContent = words;
  }

  async add(chosen) {
    this.complain('');
    const again = chosen.map(({ file, name }) => this.unfinished.find((one) => !one.taken && one.name === name && one.size === file.size) ?? null);
    const fresh = again.filter((one) => !one).length;
    if (fresh > this.room) return this.complain(this.tooMany(chosen.length));
    await Promise.all(chosen.map(({ file, name }, index) => this.addOne(file, name, again[index])));
    return undefined;
  }

  tooMany(n) {
    const limit = `Un dépôt compte ${plural(this.max.files, 'fichier', 'fichiers')} au plus`;
    const left = this.room > 0 ? `il en reste ${this.room} à choisir` : 'cette limite est atteinte';
    return `Vous avez choisi ${plural(n, 'fichier', 'fichiers')}. ${limit}\u00a0; ${left}. Rien de ce choix n’est envoyé\u00a0: réunissez plusieurs pièces en un seul fichier, ou choisissez-en moins.`;
  }

  async addOne(file, name, unfinished) {
    const why = unfinished ? null : this.whyNot(file);
    const sending = new Sending(file, this, { name, unfinished });
    this.sendings.push(sending);
    this.list.append(sending.row);
    this.list.hidden = false;
    if (why) sending.refuse(why);
    if (unfinished) await this.check(sending, unfinished);
    else this.run();
  }

  whyNot({ size }) {
    const total = this.counted.reduce((sum, { file }) => sum + file.size, this.used.bytes);
    if (size === 0) return 'Ce fichier est vide (ou c’est un dossier)\u00a0: il n’est pas envoyé. Vérifiez-le, puis choisissez-le à nouveau.';
    if (size > this.max.file) return `Ce fichier pèse ${inBytes(size)}\u202f; la limite est de ${inBytes(this.max.file)} par fichier. Réduisez-le ou découpez-le.`;
    if (total + size > this.max.total) return `Avec ce fichier, le dépôt dépasserait ${inBytes(this.max.total)}. Retirez un fichier ou réduisez celui-ci.`;
    return null;
  }

  chooseAgain(one) {
    const input = document.createElement('input');
    input.type = 'file';
    input.onchange = () => {
      const [file] = input.files;
      if (file.name === one.name || named([file])[0]?.name === one.name || one.name.endsWith(` - ${file.name}`)) {
        if (file.size === one.size) return void this.addOne(file, one.name, one);
        return this.complain(`Ce «\u00a0${file.name}\u00a0» n’a pas la taille de celui dont l’envoi avait commencé (${inBytes(one.size)}). Retirez l’envoi interrompu, puis ajoutez ce fichier.`);
      }
      return this.complain(`Pour reprendre cet envoi, choisissez le même fichier\u00a0: «\u00a0${one.name}\u00a0», ${inBytes(one.size)}.`);
    };
    this.complain('');
    input.click();
  }

  /** Goes on with the former upload when it is the same file; otherwise that one is dropped, and all is sent. */
  async check(sending, unfinished) {
    unfinished.taken = true;
    unfinished.row.hidden = true;
    sending.say('Comparaison avec ce qui est déjà reçu…', 'checking');
    const same = await isSame(sending.file, unfinished.url);
    if (sending.state !== 'checking') return;
    if (!same) {
      await sending.restart(same === null ? 'Ce qui était déjà reçu n’a pas pu être comparé\u00a0: le fichier est renvoyé en entier.' : 'Le fichier a changé depuis le début de son envoi\u00a0: il est renvoyé en entier.');
    }
    sending.say(`En attente, ${inBytes(sending.file.size)}`, 'waiting');
    this.run();
  }

  resume(sending) {
    sending.say('En attente', 'waiting');
    this.run();
  }

  pauseAll() {
    const pausing = this.busy;
    for (const one of this.sendings) {
      if (pausing && one.going) one.pause();
      else if (!pausing && !one.ended) this.resume(one);
    }
  }

  run() {
    const sending = this.sendings.filter(({ state }) => state === 'sending' || state === 'cut').length;
    for (const next of this.sendings.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, AT_ONCE - sending))) void this.one(next);
    this.overall();
  }

  async one(sending) {
    await sending.send();
    this.run();
    this.end();
  }

  overall() {
    const files = this.sendings.filter(({ state }) => state !== 'refused' && state !== 'cancelled');
    const total = files.reduce((sum, { file }) => sum + file.size, 0);
    const sent = files.reduce((sum, one) => sum + one.sent, 0);
    const done = files.filter(({ state }) => state === 'done').length;
    const going = files.length - done;
    const rate = this.rate(sent);
    const left = this.busy && rate > 0 ? ` Reste ${inTime((total - sent) / rate)}.` : '';
    this.find('[data-overall]').hidden = files.length === 0;
    this.find('[data-overall-bar]').value = total > 0 ? sent / total : 0;
    this.find('[data-overall-words]').textContent = `${done} sur ${files.length} ${files.length > 1 ? 'fichiers reçus' : 'fichier reçu'}, ${inBytes(sent)} sur ${inBytes(total)}.${left}`;
    this.find('[data-pause-all]').hidden = going < 2;
    this.find('[data-pause-all]').textContent = this.busy ? 'Tout suspendre' : 'Tout reprendre';
    for (const element of document.querySelectorAll('[data-deposit]')) element.hidden = going > 0;
    for (const element of document.querySelectorAll('[data-wait]')) element.hidden = going === 0;
  }

  /** Bytes a second, from the last twenty seconds; none before two. */
  rate(sent) {
    const at = performance.now();
    if (!this.busy) this.seen = [];
    this.seen.push({ at, sent });
    while (this.seen.length > 2 && at - this.seen[0].at > SEEN_MS) this.seen.shift();
    const seconds = (at - this.seen[0].at) / 1000;
    return seconds > 2 ? (sent - this.seen[0].sent) / seconds : 0;
  }

  /** The server's own list is the only proof: it is shown as soon as nothing is left to read here. */
  end() {
    if (!this.sendings.some(({ state }) => state === 'done') || this.sendings.some(({ ended }) => !ended)) return;
    if (this.sendings.every(({ state }) => state !== 'refused')) location.reload();
    else this.find('[data-reload]').hidden = false;
  }
}

for (const form of document.querySelectorAll('form[data-upload]')) new Desk(form);

// « Précédent » may bring back the page as it was before the deposit: what it says of the bid would be false.
addEventListener('pageshow', (event) => event.persisted && location.reload());
