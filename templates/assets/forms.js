// A form leaves once; the page opens on what must be read first.

const SENT = 'data-sent';

function buttonsOf(form) {
  return [...form.elements].filter((element) => element.type === 'submit');
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  // `data-again`: a form that answers with a download stays on the page and may be sent again.
  if (event.defaultPrevented || form.getAttribute('method') !== 'post' || form.hasAttribute('data-again')) return;
  if (form.hasAttribute(SENT)) {
    event.preventDefault();
    return;
  }
  form.setAttribute(SENT, '');
  form.setAttribute('aria-busy', 'true');
  // After the browser has read the form: a disabled button would not send its own name and value.
  setTimeout(() => {
    for (const button of buttonsOf(form)) button.setAttribute('aria-disabled', 'true');
  });
});

// « Précédent » brings the page back as it was left: its forms must work again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll(`form[${SENT}]`)) {
    form.removeAttribute(SENT);
    form.removeAttribute('aria-busy');
    for (const button of buttonsOf(form)) button.removeAttribute('aria-disabled');
  }
});

const summary = document.querySelector('.error-summary');
if (summary) summary.focus();

// « C’est fait » stands at the top; when the page comes back to one of its sections, the words go where the eyes are.
const done = document.querySelector('.alert-success[data-focus]');
if (done) {
  const heading = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (heading) (heading.closest('.title-row') ?? heading).after(done);
  done.tabIndex = -1;
  done.focus({ preventScroll: Boolean(heading) });
}

// A link of the summary leads to the field itself, also to the first choice of a group.
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('.error-summary a[href^="#"]');
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const target = field.matches('fieldset') ? (field.querySelector('input') ?? field) : field;
  field.scrollIntoView({ block: 'center' });
  target.focus({ preventScroll: true });
});
