// Puts a button into every field for a password that shows what was typed. Without it the field is as ever.

for (const field of document.querySelectorAll('input[data-show]')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'show';
  button.textContent = field.dataset.show;
  button.setAttribute('aria-label', field.dataset.showNamed);
  button.setAttribute('aria-controls', field.id);
  const show = (shown) => {
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  };
  show(false);
  button.addEventListener('click', () => show(field.type === 'password'));
  // What is sent was a password, or browsers would keep it as they keep words. A page that is come back to shows none, either.
  field.form.addEventListener('submit', () => show(false));
  addEventListener('pagehide', () => show(false));
  field.after(button);
}
