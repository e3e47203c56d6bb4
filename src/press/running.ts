/**
 * Chromium knows the margin boxes of @page but not the elements that run in them (CSS `position: running()`), and moves
 * what is fixed outside the page to its neighbour. So a body may hold a `running-top` and a `running-bottom` element, one
 * child per line: the page takes them out and writes their text in the margin boxes, where the stylesheet dresses it.
 * Repeated text is then left out of the reading order, as it should be; the top one starts on the second page.
 */
export const RUNNING_STYLE = '<style id="running"></style>';

/** Runs in the page, on the body just given. Every character that could end a CSS string is written as its code. */
export const MOVE_RUNNING = `(() => {
  const written = (text) => text.replace(/[^\\p{L}\\p{N} ]/gu, (c) => '\\\\' + c.codePointAt(0).toString(16) + ' ');
  let rules = '';
  for (const edge of ['top', 'bottom']) {
    const element = document.querySelector('.running-' + edge);
    if (!element) continue;
    const lines = [...element.children].map((line) => '"' + written(line.textContent.trim()) + '"');
    rules += '@page{@' + edge + '-center{content:' + lines.join(' "\\\\a" ') + '}}';
    if (edge === 'top') rules += '@page:first{@top-center{content:none}}';
    element.remove();
  }
  document.getElementById('running').textContent = rules;
})()`;
