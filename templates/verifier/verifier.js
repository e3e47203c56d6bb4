// The page that checks a receipt without a network. The rules are those of the command line: src/sealing/receipt-*.ts,
// bundled with this file by scripts/verifier.mjs. Only what a browser does in its own way stands here.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { trustedPrint } from '../../src/sealing/public-key.ts';
import { reportOnReceipt } from '../../src/sealing/receipt-report.ts';

const LARGEST_RECEIPT = 32_000_000;

const tools = {
  // WebCrypto hashes only what is whole in memory; a bid may be larger than that.
  sha256() {
    const hash = sha256.create();
    return { update: (bytes) => hash.update(bytes), digest: () => bytesToHex(hash.digest()) };
  },
  async ed25519(key, message, signature) {
    let imported;
    try {
      imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
    } catch {
      // a browser without Ed25519, or a page outside a secure context
      return ed25519.verify(signature, message, key, { zip215: false });
    }
    return crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, message);
  },
};

const $ = (id) => document.getElementById(id);
const state = { receipt: undefined, files: [], run: 0 };

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A receipt is recognised by what it says, so that everything may be dropped together. */
async function looksLikeReceipt(file) {
  if (!/\.json$/i.test(file.name) || file.size > LARGEST_RECEIPT) return false;
  if (/^(recu|reçu|accus)/i.test(file.name.normalize('NFC'))) return true;
  return /"format"\s*:\s*"souspli\//.test(await file.text().catch(() => ''));
}

async function take(list) {
  for (const file of list) {
    if (await looksLikeReceipt(file)) state.receipt = file;
    else add([file]);
  }
  await check();
}

/** The same file chosen twice is one file. */
function add(list) {
  const same = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
  for (const file of list) if (!state.files.some((one) => same(one, file))) state.files.push(file);
}

async function* read(file, onBytes) {
  const reader = file.stream().getReader(); // Safari has no `for await` over a stream
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes(value.length);
      yield value;
    }
  } catch {
    throw new Error(`« ${file.name} » ne peut pas être lu : est-ce un dossier, ou un fichier déplacé depuis ? Recommencez en le choisissant à nouveau.`);
  } finally {
    reader.releaseLock();
  }
}

async function check() {
  state.run += 1;
  const { run, receipt, files } = state;
  $('receipt-name').textContent = receipt ? `Choisi : ${receipt.name}` : '';
  $('files-names').textContent = files.length > 0 ? `${files.length > 1 ? `${files.length} fichiers choisis` : 'Un fichier choisi'} : ${files.map((file) => file.name).join(', ')}` : '';
  if (!receipt) {
    hide('progress');
    return files.length > 0 ? show(element('p', {}, 'Donnez aussi l’accusé de réception (recu.json) : c’est à lui que les fichiers sont comparés.')) : hide('result');
  }
  const total = files.reduce((sum, file) => sum + file.size, 0);
  $('result').setAttribute('aria-busy', 'true');
  let done = 0;
  let painted = 0;
  const onBytes = (bytes) => {
    if (run !== state.run) throw new Stopped();
    done += bytes;
    if (performance.now() - painted < 100) return;
    painted = performance.now();
    progress(done, total);
  };
  progress(0, total);
  try {
    const text = receipt.size > LARGEST_RECEIPT ? '' : await receipt.text();
    const given = files.map((file) => ({ name: file.name, size: file.size, open: () => read(file, onBytes) }));
    const key = $('key').value.trim();
    const report = await reportOnReceipt(tools, text, given, { trusted: key || undefined, some: $('some').checked });
    if (run === state.run) show(...shown(report, files.length > 0));
  } catch (error) {
    if (run === state.run) show(band('band-late', 'Vérification interrompue', error.message));
  } finally {
    if (run === state.run) {
      hide('progress');
      $('result').removeAttribute('aria-busy');
    }
  }
}

class Stopped extends Error {}

function progress(done, total) {
  $('progress').hidden = false;
  $('progress-words').textContent = total > 0 ? `Comparaison en cours : ${Math.floor((100 * done) / total)} %` : 'Vérification en cours…';
  Object.assign($('progress-bar'), { max: Math.max(total, 1), value: done });
}

function show(...children) {
  $('result').replaceChildren(...children);
  $('result').hidden = false;
}

function hide(id) {
  $(id).hidden = true;
}

/** Green when proved, ochre when something remains to be compared, red when refused. */
const band = (kind, title, words) => element('div', { class: `band ${kind}`.trim() }, element('div', {}, element('p', { class: 'band-title' }, title), ...(words ? [element('p', {}, words)] : [])));

function shown(report, compared) {
  const [, word, rest] = /^(CONFORME|CONFORME SOUS RÉSERVE|REFUSÉ) : (.*)$/s.exec(report.sentence) ?? ['', '', report.sentence];
  const sentence = rest.charAt(0).toUpperCase() + rest.slice(1);
  const result = [element('h2', {}, 'Résultat'), band(report.ok ? (report.receipt.trusted ? 'band-deposited' : '') : 'band-late', `${report.ok ? '✓' : '✗'} ${word}`, sentence)];
  if (report.receipt.ok && report.receipt.reason) {
    const words = [element('p', { class: 'alert-title' }, 'Clé non comparée'), element('p', {}, `${report.receipt.reason} Donnez cette clé, ou l’empreinte imprimée sur l’accusé, au point 3.`)];
    result.push(element('div', { class: 'alert alert-attention' }, element('div', {}, ...words)));
  }
  const checks = [
    ...report.files.map((one) => line(one.ok ? 'right' : 'wrong', one.ok ? '✓ Conforme' : '✗ Refusé', one.name, one.reason)),
    ...(compared ? report.missing.map((name) => line($('some').checked ? 'left' : 'wrong', $('some').checked ? '– Non donné' : '✗ Manquant', name, `« ${name} » figure dans l’accusé et n’a pas été donné.`)) : []),
  ];
  if (checks.length > 0) result.push(element('h3', {}, 'Fichiers'), element('ul', { class: 'checks' }, ...checks));
  if (report.facts.length > 0) result.push(element('h3', {}, 'Ce que l’accusé certifie'), facts(report.facts));
  if (report.receipt.fingerprint) result.push(element('h3', {}, 'Clé qui a signé (SHA-256)'), element('p', { class: 'code' }, report.receipt.fingerprint));
  const print = element('button', { class: 'button button-secondary', type: 'button' }, 'Imprimer ce résultat');
  print.addEventListener('click', () => window.print());
  result.push(element('p', { class: 'actions' }, print));
  return result;
}

const line = (kind, word, name, reason) => element('li', { 'data-state': kind }, element('strong', {}, word), element('span', {}, name), ...(reason ? [element('span', { class: 'why' }, reason)] : []));

const facts = (list) => element('dl', { class: 'facts' }, ...list.map(({ label, value }) => element('div', {}, element('dt', {}, label), element('dd', {}, value))));

$('receipt').addEventListener('change', ({ target }) => {
  if (target.files[0]) state.receipt = target.files[0];
  void check();
});
$('files').addEventListener('change', ({ target }) => {
  void take(state.receipt ? ((add([...target.files])), []) : [...target.files]);
});
$('some').addEventListener('change', () => void check());
$('key').addEventListener('input', () => {
  const key = $('key').value.trim();
  $('key').setAttribute('aria-invalid', String(key !== '' && !trustedPrint(tools, key)));
  void check();
});
$('form').addEventListener('submit', (event) => event.preventDefault());
$('form').addEventListener('reset', () => {
  Object.assign(state, { receipt: undefined, files: [] });
  setTimeout(() => void check());
});

// Over the whole window: a file dropped beside the frame would otherwise replace the page.
for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  window.addEventListener(kind, (event) => {
    event.preventDefault();
    $('drop').classList.toggle('drop-over', kind === 'dragenter' || kind === 'dragover');
    if (kind === 'drop') void take([...event.dataTransfer.files]);
  });
}
