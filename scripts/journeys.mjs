// npm run journeys [-- --json] [-- --pictures]
// Plays every journey in a real Chromium, writes one picture per page and an index under data/var/journeys/.
//   --json       prints {pages, axeViolations, consoleErrors, steps, failed} on stdout, and nothing else there
//   --pictures   also renews the pictures of README and guides in docs/images/
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setup } from './setup.mjs';
import { main, root, run, say } from './steps.mjs';

const sheet = join(root, 'data/var/journeys');

await main(async () => {
  await setup({ dev: true, browser: true });
  rmSync(sheet, { recursive: true, force: true });
  mkdirSync(sheet, { recursive: true });
  const results = join(sheet, 'results.json');
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'test/journeys', '--json', `--outputFile=${results}`];
  const { code } = await run(process.execPath, jest, { env: { SOUSPLI_SHEET: sheet } });
  const tests = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')).testResults.flatMap((suite) => suite.assertionResults) : [];
  const pages = lines('pages.jsonl').toSorted((a, b) => a.file.localeCompare(b.file));
  const summary = {
    pages: pages.length,
    axeViolations: pages.reduce((sum, page) => sum + page.axe, 0),
    consoleErrors: lines('consoleErrors.jsonl').length,
    steps: tests.length,
    failed: tests.filter((test) => test.status !== 'passed').length || (code === 0 ? 0 : 1),
  };
  writeFileSync(join(sheet, 'index.html'), index(pages, tests, summary));
  if (process.argv.includes('--pictures')) renewPictures();
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(summary)}\n`);
  say(`${summary.pages} pages vues, ${summary.steps} étapes dont ${summary.failed} en échec. À regarder : data/var/journeys/index.html`);
  return summary.failed + summary.axeViolations + summary.consoleErrors > 0 ? 1 : 0;
});

function lines(name) {
  const file = join(sheet, name);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : [];
}

function renewPictures() {
  const target = join(root, 'docs/images');
  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(join(sheet, 'pictures'))) {
    const file = join(sheet, 'pictures', name);
    if (name.endsWith('.webp')) copyFileSync(file, join(target, name));
    // A PDF is seen by poppler, where it is installed; elsewhere the picture of the repository stays.
    else spawnSync('pdftoppm', ['-png', '-gray', '-r', '64', '-singlefile', file, join(target, name.replace('.pdf', ''))]);
  }
}

function index(pages, tests, summary) {
  const escape = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const figure = (page) =>
    `<figure><a href="${page.file}"><img src="${page.file}" loading="lazy" alt="${escape(page.caption)}"></a><figcaption>${escape(page.caption)}<br><code>${escape(page.path)}</code>${page.axe ? ` <b>${page.axe} défauts</b>` : ''}</figcaption></figure>`;
  const journeys = [...new Set(pages.map((page) => page.journey))];
  return `<!doctype html><html lang="fr"><meta charset="utf-8"><title>Planche des parcours</title>
<style>body{font:16px/1.4 system-ui;margin:2rem}section{display:flex;flex-wrap:wrap;gap:1rem;align-items:start}figure{margin:0;width:300px}img{width:100%;max-height:420px;object-fit:cover;object-position:top;border:1px solid #bbb}figcaption{font-size:13px}li.failed{color:#97150f;font-weight:700}</style>
<h1>Planche des parcours</h1><p>${escape(JSON.stringify(summary))}</p>
<ol>${tests.map((test) => `<li class="${test.status}">${escape(test.fullName)}</li>`).join('')}</ol>
${journeys.map((name) => `<h2>${escape(name)}</h2><section>${pages.filter((page) => page.journey === name).map(figure).join('')}</section>`).join('')}</html>
`;
}
