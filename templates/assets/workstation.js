// « Tester mon poste »: the road of a real deposit, measured and told. Without this module the page is a plain multipart POST.
import { Sending } from './sending.js';
import { inBytes } from './words.js';

const GENERATED = 5_000_000;
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0));
const hexOf = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const number = (value) => value.toFixed(value < 10 ? 1 : 0).replace('.', ',');

/** A file sent by the code of the deposit; its end is a receipt instead of a line in a draft. */
class Trial extends Sending {
  /** @returns the trial's receipt and how long it took, or the server's refusal, or nothing when the person cancelled */
  async run() {
    const began = performance.now();
    while (!this.ended) {
      await this.send();
      if (!this.ended) await new Promise((resume) => (this.resumed = resume)); // paused, or cut for long
    }
    if (this.state === 'cancelled') return null;
    if (this.state === 'refused') return { refused: this.refusal };
    const seconds = (performance.now() - began) / 1000;
    return this.receipt(seconds);
  }

  async receipt(seconds) {
    const answer = await fetch(`${this.upload.url}/recu`, { method: 'POST', headers: { accept: 'application/json', 'x-csrf-token': this.desk.csrf } }).catch(() => null);
    const words = await answer?.json().catch(() => null);
    if (answer?.ok) return { answer: words, seconds };
    return { refused: words?.message ?? null };
  }

  succeed() {
    this.sent = this.file.size;
    this.part('progress').value = 1;
    this.end(`Envoyé, chiffré, puis détruit, ${inBytes(this.file.size)}`, 'done');
  }

  refuse(words) {
    this.refusal = words;
    super.refuse(words);
  }
}

class Desk {
  constructor(form) {
    this.form = form;
    this.endpoint = form.dataset.endpoint;
    this.csrf = form.dataset.csrf;
    this.max = Number(form.dataset.maxBytes);
    this.list = form.querySelector('[data-list]');
    this.status = form.querySelector('[data-status]');
    this.results = document.querySelector('[data-results]');
    this.input = form.querySelector('input[type=file]');
    for (const element of form.querySelectorAll('[data-js]')) element.hidden = false;
    for (const element of form.querySelectorAll('[data-nojs]')) element.hidden = true;
    form.addEventListener('submit', (event) => event.preventDefault());
    form.querySelector('[data-generate]').addEventListener('click', () => void this.run(generated()));
    this.input.addEventListener('change', () => {
      const [file] = this.input.files;
      if (file) void this.run(file);
      this.input.value = '';
    });
  }

  announce(words) {
    this.status.textContent = words;
  }

  /** Asked by the line of the file; a test is one file. */
  overall() {}

  resume(trial) {
    trial.resumed?.();
  }

  async run(file) {
    if (this.running) return;
    this.running = true;
    this.list.replaceChildren();
    const trial = new Trial(file, this);
    this.list.append(trial.row);
    this.list.hidden = false;
    try {
      if (file.size === 0) trial.refuse('Ce fichier est vide\u00a0: choisissez-en un autre.');
      else if (file.size > this.max) trial.refuse(`Ce fichier pèse ${inBytes(file.size)}\u202f; le test en accepte ${inBytes(this.max)} au plus. Un pli réel peut être plus grand.`);
      else {
        const outcome = await trial.run();
        if (outcome) await this.tell(file, outcome);
      }
    } finally {
      this.running = false;
    }
  }

  async tell(file, { answer, seconds, refused }) {
    const checks = [{ tone: 'done', label: 'JavaScript', words: 'Actif\u00a0: la progression est montrée, un envoi coupé reprend où il en était.' }, await clock(), zone()];
    if (answer) {
      const rate = (file.size * 8) / Math.max(seconds, 0.001) / 1_000_000;
      checks.push({ tone: rate < 1 ? 'attention' : 'done', label: 'Envoi', words: `${inBytes(file.size)} en ${number(seconds)}\u00a0s, soit ${number(rate)}\u00a0Mbit/s.${rate < 1 ? ' La connexion est lente\u00a0: déposez bien avant la date limite, ou d’un autre lieu.' : ''}` });
      checks.push(await same(file, answer), await signature(answer, this.form.dataset.publicKey));
    } else {
      checks.push({ tone: refused ? 'attention' : 'danger', label: 'Envoi', words: refused ?? 'Le fichier n’est pas arrivé. Essayez un autre navigateur, un autre réseau, ou demandez à votre service informatique si l’envoi de fichiers est bloqué.' });
    }
    this.show(checks, answer);
    this.results.querySelector('[data-report]').href = `/signaler-un-probleme?octets=${file.size}`;
  }

  show(checks, answer) {
    const failed = checks.some(({ tone }) => tone === 'danger');
    const verdict = answer && !failed ? 'Votre poste peut déposer.' : 'Le test n’est pas allé jusqu’au bout.';
    this.results.hidden = false;
    this.results.querySelector('[data-verdict]').textContent = verdict;
    this.results.querySelector('[data-checks]').replaceChildren(...checks.map((check) => this.line(check)));
    this.announce(`${verdict} Le résultat est affiché.`);
    const receipt = this.results.querySelector('[data-receipt]');
    receipt.hidden = !answer;
    if (answer) {
      const json = JSON.stringify(answer.receipt, null, 2);
      receipt.querySelector('[data-receipt-words]').textContent = `Reçu le ${answer.receipt.receivedAtLocal}, ${inBytes(answer.receipt.size)}, empreinte SHA-256 ${answer.receipt.sha256}.`;
      receipt.querySelector('[data-json]').textContent = json;
      URL.revokeObjectURL(this.saved);
      this.saved = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
      receipt.querySelector('[data-save]').href = this.saved;
    }
    this.results.focus({ preventScroll: true });
    this.results.scrollIntoView({ block: 'start' });
  }

  line({ tone, label, words }) {
    const item = document.createElement('li');
    const name = document.createElement('strong');
    name.textContent = label;
    const text = document.createElement('p');
    text.textContent = words;
    item.append(this.form.querySelector(`template[data-badge="${tone}"]`).content.cloneNode(true), ' ', name, text);
    return item;
  }
}

/** Bytes that nothing on the way can compress into fewer. */
function generated() {
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  const whole = Math.floor(GENERATED / block.length);
  return new File([...Array.from({ length: whole }, () => block), block.slice(0, GENERATED % block.length)], 'fichier d’essai');
}

async function clock() {
  const label = 'Horloge de l’ordinateur';
  try {
    const asked = Date.now();
    const { now } = await (await fetch('/tester-mon-poste/heure', { cache: 'no-store' })).json();
    const middle = (asked + Date.now()) / 2;
    const off = Math.round((middle - Date.parse(now)) / 1000);
    if (Math.abs(off) <= 30) return { tone: 'done', label, words: 'À l’heure de nos serveurs, à quelques secondes près.' };
    const size = Math.abs(off) < 120 ? `${Math.abs(off)}\u00a0s` : `${Math.round(Math.abs(off) / 60)}\u00a0min`;
    return { tone: 'attention', label, words: `Votre ordinateur ${off > 0 ? 'avance' : 'retarde'} de ${size}. Seule l’heure de nos serveurs compte\u00a0: fiez-vous à celle qui est écrite sur la page du dépôt.` };
  } catch {
    return { tone: 'attention', label, words: 'Non vérifiée\u00a0: le serveur n’a pas donné son heure.' };
  }
}

function zone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const now = new Date();
  const read = (of) => now.toLocaleString('fr-FR', { timeZone: of, dateStyle: 'short', timeStyle: 'short' });
  const paris = read('Europe/Paris') === read(timeZone);
  return {
    tone: paris ? 'done' : 'attention',
    label: 'Fuseau horaire',
    words: paris ? `Le même que celui de Paris (${timeZone}).` : `Votre ordinateur est à l’heure de ${timeZone}, qui n’est pas celle de Paris. Chaque date limite est écrite à l’heure légale de la préfecture\u00a0: lisez-la en entier.`,
  };
}

async function same(file, { receipt }) {
  const label = 'Fichier reçu';
  // Plain http, or an old browser: no WebCrypto there.
  if (!globalThis.crypto?.subtle) return { tone: 'attention', label, words: 'Arrivé en entier. Votre navigateur ne sait pas en calculer l’empreinte ici\u00a0: cela n’empêche pas de déposer.' };
  const print = hexOf(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()));
  if (print === receipt.sha256) return { tone: 'done', label, words: 'Identique à l’octet près à celui que vous avez envoyé.' };
  return { tone: 'danger', label, words: 'Le serveur n’a pas reçu les mêmes octets que ceux de votre ordinateur\u00a0: quelque chose les modifie en route. Signalez ce problème.' };
}

/** The signature is checked on the bytes that were signed, and those bytes on the receipt that is shown. */
async function signature({ receipt, signed }, pem) {
  const label = 'Signature du reçu';
  const later = { tone: 'attention', label, words: 'Votre navigateur ne sait pas la vérifier ici. Cela n’empêche pas de déposer\u00a0: un reçu se vérifie aussi plus tard, avec la clé publique.' };
  if (!globalThis.crypto?.subtle) return later;
  try {
    const key = await crypto.subtle.importKey('spki', bytesOf(pem.replaceAll(/-----[^-]+-----|\s/g, '')), { name: 'Ed25519' }, false, ['verify']);
    const genuine = await crypto.subtle.verify({ name: 'Ed25519' }, key, bytesOf(receipt.signature.value), new TextEncoder().encode(signed));
    const { sha256, size } = JSON.parse(signed);
    if (genuine && sha256 === receipt.sha256 && size === receipt.size) return { tone: 'done', label, words: 'Vérifiée avec la clé publique de la plateforme.' };
    return { tone: 'danger', label, words: 'La signature ne correspond pas à la clé publique de la plateforme. Signalez ce problème.' };
  } catch {
    return later;
  }
}

for (const form of document.querySelectorAll('form[data-workstation]')) new Desk(form);
