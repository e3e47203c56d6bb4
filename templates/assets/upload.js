// The deposit's form: files chosen or dropped leave at once, one after the other. Without this module it is a plain multipart POST.
import { Sending } from './sending.js';
import { inBytes, inTime } from './words.js';

const BUSY = ['waiting', 'sending', 'cut'];

class Desk {
  constructor(form) {
    const number = (name) => Number(form.dataset[name]) || 0;
    this.form = form;
    this.createUrl = form.dataset.createUrl;
    this.csrf = form.dataset.csrf;
    this.partBytes = number('partBytes') || 8_388_608;
    this.max = { file: number('maxFileBytes') || Infinity, total: number('maxTotalBytes') || Infinity, files: number('maxFiles') || Infinity };
    this.used = { bytes: number('usedBytes'), files: number('usedFiles') };
    this.sendings = [];
    this.list = form.querySelector('[data-list]');
    this.status = form.querySelector('[data-status]');
    this.summary = form.querySelector('[data-overall]');
    this.input = form.querySelector('input[type=file]');
    this.listen(form.querySelector('[data-drop]'));
  }

  listen(drop) {
    for (const element of this.form.querySelectorAll('[data-js]')) element.hidden = false;
    for (const element of this.form.querySelectorAll('[data-nojs]')) element.hidden = true;
    this.form.addEventListener('submit', (event) => event.preventDefault());
    this.input.addEventListener('change', () => {
      this.add([...this.input.files]);
      this.input.value = ''; // the same file may be chosen again after a refusal
    });
    const over = (is) => (event) => {
      event.preventDefault();
      drop.classList.toggle('drop-over', is);
    };
    drop.addEventListener('dragover', over(true));
    drop.addEventListener('dragleave', over(false));
    drop.addEventListener('drop', (event) => {
      over(false)(event);
      this.add([...event.dataTransfer.files]);
    });
    addEventListener('beforeunload', (event) => {
      if (this.busy) event.preventDefault();
    });
  }

  get busy() {
    return this.sendings.some(({ state }) => BUSY.includes(state));
  }

  /** Files that count for the limits: neither refused nor cancelled. */
  get counted() {
    return this.sendings.filter(({ state }) => state !== 'refused' && state !== 'cancelled');
  }

  announce(words) {
    this.status.textContent = words;
  }

  add(files) {
    for (const file of files) {
      const why = this.whyNot(file);
      const sending = new Sending(file, this);
      this.sendings.push(sending);
      this.list.append(sending.row);
      if (why) sending.refuse(why);
    }
    this.list.hidden = this.sendings.length === 0;
    void this.run();
  }

  whyNot({ size }) {
    const total = this.counted.reduce((sum, { file }) => sum + file.size, this.used.bytes);
    if (size === 0) return 'Ce fichier est vide (ou c’est un dossier)\u00a0: il n’est pas envoyé. Vérifiez-le, puis choisissez-le à nouveau.';
    if (size > this.max.file) return `Ce fichier pèse ${inBytes(size)}\u202f; la limite est de ${inBytes(this.max.file)} par fichier. Réduisez-le ou découpez-le.`;
    if (this.used.files + this.counted.length >= this.max.files) return `Un dépôt compte ${this.max.files} fichiers au plus. Retirez un fichier, ou réunissez plusieurs pièces en un seul.`;
    if (total + size > this.max.total) return `Avec ce fichier, le dépôt dépasserait ${inBytes(this.max.total)}. Retirez un fichier ou réduisez celui-ci.`;
    return null;
  }

  resume(sending) {
    sending.say('En attente', 'waiting');
    void this.run();
  }

  async run() {
    if (this.running) return;
    this.running = true;
    this.began = performance.now();
    this.before = this.sentBytes;
    for (let next; (next = this.sendings.find(({ state }) => state === 'waiting')); ) await next.send();
    this.running = false;
    this.overall();
    this.end();
  }

  get sentBytes() {
    return this.counted.reduce((sum, { sent }) => sum + sent, 0);
  }

  overall() {
    const files = this.counted;
    const total = files.reduce((sum, { file }) => sum + file.size, 0);
    const sent = this.sentBytes;
    const done = files.filter(({ state }) => state === 'done').length;
    const seconds = (performance.now() - this.began) / 1000;
    const rate = seconds > 2 ? (sent - this.before) / seconds : 0;
    const left = this.busy && rate > 0 ? `. Reste ${inTime((total - sent) / rate)}` : '';
    this.summary.hidden = files.length === 0;
    this.summary.textContent = `${done} sur ${files.length} ${files.length > 1 ? 'fichiers reçus' : 'fichier reçu'}, ${inBytes(sent)} sur ${inBytes(total)}${left}.`;
  }

  /** The server's own list is the only proof: it is shown as soon as nothing is left to read here. */
  end() {
    const done = this.sendings.filter(({ state }) => state === 'done');
    if (done.length === 0) return;
    if (this.sendings.every(({ state }) => state === 'done' || state === 'cancelled')) {
      location.reload();
      return;
    }
    const link = document.createElement('a');
    link.href = location.pathname + location.search;
    link.textContent = 'Recharger la page pour voir les fichiers reçus';
    this.summary.append(' ', link, '.');
  }
}

for (const form of document.querySelectorAll('form[data-upload]')) new Desk(form);
