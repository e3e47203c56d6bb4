// One file on its way by the tus protocol: progress, pause, patience when the line is cut, resumption. Used by upload.js and workstation.js.
import './tus/tus.min.js';
import { inBytes } from './words.js';

const PART_BYTES = 8 * 1024 * 1024;
const PAUSES = [1000, 2000, 4000, 8000, 16_000, 30_000];
/** A line that says nothing is cut: a browser alone may wait for a quarter of an hour. */
const SILENCE = 60_000;
const ENDED = ['done', 'refused', 'cancelled'];

function read(text) {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return {};
  }
}

/** Told by the server: its code and its sentence. */
const answerOf = (error) => ({ status: error.originalResponse?.getStatus() ?? 0, ...read(error.originalResponse?.getBody()) });

const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** One chosen file and its line on the page. */
export class Sending {
  /** @param unfinished the former upload of the same file: `{ url, name, size }` */
  constructor(file, desk, { name = file.name, unfinished = null } = {}) {
    Object.assign(this, { file, desk, name, unfinished, sent: unfinished?.received ?? 0, state: 'waiting' });
    this.row = desk.form.querySelector('template[data-row]').content.firstElementChild.cloneNode(true);
    this.part = (selector) => this.row.querySelector(selector);
    this.part('.upload-name').textContent = name;
    this.part('progress').setAttribute('aria-label', `Envoi de ${name}`);
    this.part('[data-cancel]').setAttribute('aria-label', `Annuler l’envoi de ${name}`);
    this.part('[data-cancel]').onclick = () => void this.cancel();
    this.part('[data-pause]').onclick = () => (this.going ? this.pause() : this.desk.resume(this));
    this.upload = this.prepare();
    this.say(`En attente, ${inBytes(file.size)}`);
  }

  prepare() {
    const { file, name, desk } = this;
    return new globalThis.tus.Upload(file, {
      endpoint: desk.endpoint,
      ...(this.unfinished?.url ? { uploadUrl: this.unfinished.url } : {}),
      chunkSize: PART_BYTES,
      retryDelays: PAUSES,
      // Nothing is left in the browser: the server itself says what is unfinished, and keeps the names sealed.
      storeFingerprintForResuming: false,
      metadata: { filename: name, filetype: file.type || 'application/octet-stream', key: key() },
      headers: { accept: 'application/json', 'x-csrf-token': desk.csrf },
      onProgress: (sent) => this.progress(sent),
      onChunkComplete: () => this.watch(),
      onShouldRetry: (error) => this.mayRetry(answerOf(error)),
      onSuccess: () => this.succeed(),
      onError: (error) => this.fail(answerOf(error)),
    });
  }

  get going() {
    return ['waiting', 'checking', 'sending', 'cut'].includes(this.state);
  }

  get ended() {
    return ENDED.includes(this.state);
  }

  say(words, state = this.state) {
    this.state = state;
    this.row.dataset.state = state;
    this.part('.upload-words').textContent = this.note ? `${words}. ${this.note}` : words;
    const pause = this.part('[data-pause]');
    const label = this.going ? 'Suspendre' : 'Reprendre';
    pause.textContent = label;
    pause.setAttribute('aria-label', `${label} l’envoi de ${this.name}`);
    for (const button of [pause, this.part('[data-cancel]')]) this.leave(button, this.ended);
    this.part('progress').hidden = state === 'refused' || state === 'cancelled';
    this.desk.overall();
  }

  /** A button that goes away while it has the focus leaves it to its line. */
  leave(button, hidden) {
    if (hidden && button === document.activeElement) this.row.focus({ preventScroll: true });
    button.hidden = hidden;
  }

  progress(sent) {
    if (!this.going) return;
    this.watch();
    this.sent = Math.min(sent, this.file.size);
    const share = this.sent / this.file.size;
    this.part('progress').value = share;
    this.say(`${inBytes(this.sent)} sur ${inBytes(this.file.size)}, ${Math.floor(share * 100)}\u00a0%`, 'sending');
  }

  /** Sends, to the end or to a stop of any kind. Resolves when this file leaves its place to another. */
  send() {
    this.say(this.sent > 0 ? 'Reprise de l’envoi…' : 'Début de l’envoi…', 'sending');
    return new Promise((leave) => {
      this.leaveLine = leave;
      this.watch();
      this.upload.start();
    });
  }

  /** A silence that lasts is a cut: the request is dropped, and asked again from where the server is. */
  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      if (!this.going) return;
      this.cut();
      this.halt();
      void this.upload.start();
      this.watch();
    }, SILENCE);
  }

  halt() {
    clearTimeout(this.silence);
    void this.upload.abort();
  }

  cut() {
    if (this.state !== 'cut') this.desk.announce(`${this.name}\u00a0: connexion interrompue, nouvelle tentative.`);
    this.say('Connexion interrompue, nouvelle tentative…', 'cut');
  }

  /** A wrong offset is no refusal: the server is asked where it is. */
  mayRetry({ status, code }) {
    const again = this.going && (status === 0 || status >= 500 || [408, 423, 429].includes(status) || code === 'wrong-offset');
    if (again) this.cut();
    return again;
  }

  succeed() {
    this.sent = this.file.size;
    this.part('progress').value = 1;
    this.end(`Reçu dans le brouillon, ${inBytes(this.file.size)}`, 'done');
    this.desk.announce(`${this.name} est reçu dans le brouillon.`);
  }

  fail({ status, message }) {
    if (status === 401) return this.end('Votre session a pris fin. Rechargez la page pour vous identifier\u00a0: l’envoi reprendra où il en est.', 'stopped');
    if (status >= 400 && status < 500 && message) return this.refuse(message);
    this.end('La connexion n’est pas revenue. Ce qui est déjà envoyé est gardé. L’envoi reprend seul dès que la connexion revient, ou avec «\u00a0Reprendre\u00a0».', 'stopped');
    this.desk.announce(`${this.name}\u00a0: la connexion n’est pas revenue, l’envoi est arrêté.`);
  }

  refuse(words) {
    this.end(words, 'refused');
    this.desk.announce(`${this.name}\u00a0: ${words}`);
  }

  end(words, state) {
    clearTimeout(this.silence);
    this.say(words, state);
    this.leaveLine?.();
  }

  /** The former upload is dropped, and all is sent. @param note why, said as long as it lasts */
  async restart(note) {
    this.note = note;
    await this.forget(this.unfinished.url);
    Object.assign(this, { sent: 0, unfinished: { ...this.unfinished, url: null } });
    this.upload = this.prepare();
  }

  pause() {
    this.halt();
    this.end(`Suspendu à ${inBytes(this.sent)} sur ${inBytes(this.file.size)}. Rien n’est perdu.`, 'paused');
    this.desk.announce(`Envoi de ${this.name} suspendu.`);
  }

  async cancel() {
    const { url } = this.upload;
    this.halt();
    this.end('Annulé, ce fichier n’est pas envoyé.', 'cancelled');
    this.desk.announce(`Envoi de ${this.name} annulé.`);
    // Best effort: what stays is shown by the page as unfinished, and may be removed there.
    if (url) await this.forget(url);
  }

  forget(url) {
    const { csrf } = this.desk;
    return fetch(url, { method: 'DELETE', headers: { accept: 'application/json', 'x-csrf-token': csrf, 'tus-resumable': '1.0.0' } }).catch(() => undefined);
  }
}
