// One file on its way: part by part, with progress, patience when the line is cut, and resumption. Used by upload.js.
import { inBytes } from './words.js';

const PAUSES = [1000, 2000, 4000, 8000, 16000];
const SILENCE = 60_000;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function read(text) {
  try {
    return JSON.parse(text || '{}');
  } catch {
    return {};
  }
}

class Refusal extends Error {}

/** One request; rejects with a `Refusal` (the server said no) or an `Error` (cut line, server in trouble). */
function ask(method, url, { body, type, csrf, onprogress, onstart }) {
  return new Promise((answer, fail) => {
    const request = new XMLHttpRequest();
    let silence;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => request.abort(), SILENCE);
    };
    request.open(method, url);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('x-csrf-token', csrf);
    if (type) request.setRequestHeader('content-type', type);
    request.upload.onprogress = (event) => {
      alive();
      onprogress?.(event.loaded);
    };
    request.onerror = request.onabort = () => fail(new Error('cut'));
    request.onloadend = () => clearTimeout(silence);
    request.onload = () => {
      const json = read(request.responseText);
      if (request.status >= 200 && request.status < 300) answer(json);
      else if (request.status >= 400 && request.status < 500 && request.status !== 408 && request.status !== 429)
        fail(new Refusal(json.message ?? 'Le serveur a refusé ce fichier. Rechargez la page, puis recommencez.'));
      else fail(new Error(`status ${request.status}`));
    };
    alive();
    onstart?.(request);
    request.send(body);
  });
}

/** One chosen file and its line on the page. */
export class Sending {
  constructor(file, desk) {
    Object.assign(this, { file, desk, sent: 0, next: 0, state: 'waiting' });
    this.row = desk.form.querySelector('template[data-row]').content.firstElementChild.cloneNode(true);
    this.part = (selector) => this.row.querySelector(selector);
    this.part('.upload-name').textContent = file.name;
    this.part('progress').setAttribute('aria-label', `Envoi de ${file.name}`);
    for (const button of this.row.querySelectorAll('button')) button.setAttribute('aria-label', `${button.textContent} l’envoi de ${file.name}`);
    this.part('[data-cancel]').onclick = () => void this.cancel();
    this.part('[data-retry]').onclick = () => this.desk.resume(this);
    this.say(`En attente, ${inBytes(file.size)}`);
  }

  say(words, state = this.state) {
    this.state = state;
    this.row.dataset.state = state;
    this.part('.upload-words').textContent = words;
    this.part('[data-retry]').hidden = state !== 'stopped';
    this.part('[data-cancel]').hidden = ['done', 'refused', 'cancelled'].includes(state);
    this.part('progress').hidden = state === 'refused' || state === 'cancelled';
    this.desk.overall();
  }

  progress(sent) {
    this.sent = Math.min(sent, this.file.size);
    const share = this.sent / this.file.size;
    this.part('progress').value = share;
    this.say(`${inBytes(this.sent)} sur ${inBytes(this.file.size)}, ${Math.floor(share * 100)}\u00a0%`, 'sending');
  }

  refuse(words) {
    this.say(words, 'refused');
    this.desk.announce(`${this.file.name}\u00a0: ${words}`);
  }

  /** Asks, and asks again when the line is cut. */
  async insist(method, url, options) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask(method, url, { ...options, csrf: this.desk.csrf, onstart: (request) => (this.request = request) });
      } catch (error) {
        if (this.state === 'cancelled' || error instanceof Refusal || attempt === PAUSES.length) throw error;
        this.say('Connexion interrompue, nouvelle tentative…', 'cut');
        if (attempt === 0) this.desk.announce(`${this.file.name}\u00a0: connexion interrompue, nouvelle tentative.`);
        await wait(PAUSES[attempt]);
        if (this.state === 'cancelled') throw error;
      }
    }
  }

  async send() {
    const { name, size, type } = this.file;
    const { partBytes } = this.desk;
    try {
      this.progress(this.sent);
      if (!this.created) {
        const asked = { name, size, mediaType: type || 'application/octet-stream' };
        this.created = await this.insist('POST', this.desk.createUrl, { body: JSON.stringify(asked), type: 'application/json' });
        if (this.state === 'cancelled') return void this.forget();
      }
      for (; this.next * partBytes < size; this.next += 1) {
        const from = this.next * partBytes;
        const body = this.file.slice(from, from + partBytes);
        const onprogress = (loaded) => this.state !== 'cancelled' && this.progress(from + loaded);
        await this.insist('PUT', `${this.created.partUrl}/${this.next}`, { body, type: 'application/octet-stream', onprogress });
        this.progress(from + body.size);
      }
      await this.insist('POST', `${this.url}/fin`, {});
      this.say(`Reçu dans le brouillon, ${inBytes(size)}`, 'done');
      this.desk.announce(`${name} est reçu dans le brouillon.`);
    } catch (error) {
      if (this.state === 'cancelled') return;
      if (error instanceof Refusal) {
        this.refuse(error.message);
        if (this.created) await this.forget();
      } else this.say('La connexion n’est pas revenue. Vérifiez-la, puis choisissez «\u00a0Reprendre\u00a0»\u00a0: ce qui est déjà envoyé ne le sera pas deux fois.', 'stopped');
    }
  }

  get url() {
    return this.created.partUrl.replace(/\/parties$/, '');
  }

  /** Best effort: the server sweeps unfinished files by itself. */
  forget() {
    return ask('DELETE', this.url, { csrf: this.desk.csrf }).catch(() => {});
  }

  async cancel() {
    this.say('Annulé, ce fichier n’est pas envoyé.', 'cancelled');
    this.desk.announce(`Envoi de ${this.file.name} annulé.`);
    this.request?.abort();
    if (this.created) await this.forget();
  }
}
