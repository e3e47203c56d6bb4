/**
 * What a body may be made of: a list of what is allowed, not of what is refused, so that an element nobody thought of is
 * refused too. Content security, no JavaScript and no network already stop the loading of anything; this stops what
 * they do not, such as a <meta> refresh that replaces the letter by another page before it is printed (letters.md 5).
 */
const ELEMENTS = new Set(
  ('article section header footer main aside address div p span br wbr hr h1 h2 h3 h4 ul ol li dl dt dd ' +
    'nav a table caption colgroup col thead tbody tfoot tr th td strong em b i small sup sub abbr time code figure figcaption img ' +
    // Shapes of a chart: without style nor href they load nothing; no <use>, <image> or <foreignObject>, which would.
    'svg path rect polyline text title desc').split(' '),
);

/** No style (url() loads), no href but to a place of the document itself (its table of contents), nothing starting with « on ». */
const ATTRIBUTES = new Set('class id lang dir title role scope colspan rowspan span start headers datetime alt src width height viewbox d x y points text-anchor'.split(' '));

/** An attribute must be quoted: unquoted, a space in a person’s text would start another attribute. */
const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:="[^"<]*")?)*)\s*\/?>/g;
const ATTRIBUTE = /([a-zA-Z-]+)(?:="([^"<]*)")?/g;
const EMBEDDED_IMAGE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/;

export class UnprintableBody extends Error {}

/**
 * @throws UnprintableBody naming the first thing that has no place in a letter
 */
export function assertPrintable(body: string): void {
  const text = body.replace(TAG, (_tag, _slash: string, name: string, attributes: string) => {
    assertElement(name.toLowerCase(), attributes);
    return '';
  });
  // Escaped text holds no « < »: what is left is a comment, a doctype, a broken tag or an unquoted attribute.
  const rest = text.indexOf('<');
  if (rest >= 0) throw new UnprintableBody(`Document refusé : balise mal formée « ${text.slice(rest, rest + 40)} ».`);
}

function assertElement(name: string, attributes: string) {
  if (!ELEMENTS.has(name)) throw new UnprintableBody(`Document refusé : l’élément <${name}> n’est pas imprimable.`);
  for (const [, written = '', value = ''] of attributes.matchAll(ATTRIBUTE)) {
    const attribute = written.toLowerCase();
    const known = ATTRIBUTES.has(attribute) || attribute.startsWith('aria-') || (attribute === 'href' && name === 'a' && /^#[\w-]+$/.test(value));
    if (!known || (attribute === 'src' && !EMBEDDED_IMAGE.test(value))) {
      throw new UnprintableBody(`Document refusé : l’attribut ${attribute} de <${name}> n’est pas imprimable.`);
    }
  }
}
