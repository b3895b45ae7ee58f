// Puts a button beside everything that is to be copied. Without it the text can be selected, as ever.

for (const block of document.querySelectorAll('[data-copy]')) {
  const button = document.createElement('button');
  const said = document.createElement('span');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = block.dataset.copy;
  said.className = 'small';
  said.setAttribute('role', 'status');
  button.addEventListener('click', () => {
    said.textContent = '';
    void navigator.clipboard.writeText(block.textContent).then(() => {
      said.textContent = block.dataset.copied;
    });
  });
  const row = document.createElement('p');
  row.className = 'copy-row';
  row.append(button, said);
  // Browsers give pages a clipboard over TLS and on loopback only.
  if (navigator.clipboard) block.after(row);
}
