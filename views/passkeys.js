// Gives a form that asks for a passkey to the browser, and what the browser answers to the form. Nothing else happens here:
// what the answer is worth is decided by the server.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const withBytes = (descriptors) => descriptors?.map((one) => ({ ...one, id: toBytes(one.id) }));

function publicKeyOf(form) {
  const options = JSON.parse(form.dataset.options);
  return {
    ...options,
    challenge: toBytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: withBytes(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: withBytes(options.allowCredentials) }),
  };
}

function answerOf({ id, rawId, type, authenticatorAttachment, response }) {
  const fields = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'];
  const sent = fields.filter((name) => response[name]).map((name) => [name, toText(response[name])]);
  const transports = response.getTransports?.();
  return JSON.stringify({
    id,
    rawId: toText(rawId),
    type,
    authenticatorAttachment,
    clientExtensionResults: {},
    response: { ...Object.fromEntries(sent), ...(transports && { transports }) },
  });
}

let waiting = new AbortController();

async function ask(form, mediation) {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const publicKey = publicKeyOf(form);
  const credential =
    form.dataset.passkey === 'create'
      ? await navigator.credentials.create({ publicKey, signal })
      : await navigator.credentials.get({ publicKey, signal, ...(mediation && { mediation }) });
  form.elements.credential.value = answerOf(credential);
  const remember = document.querySelector('#remember');
  if (remember && form.elements.remember) form.elements.remember.value = remember.checked ? 'yes' : '';
  form.submit();
}

async function offer(form) {
  form.hidden = false;
  const status = form.querySelector('[role="status"]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    status.textContent = '';
    ask(form).catch(() => {
      status.textContent = status.dataset.failed;
    });
  });
  if (!('conditional' in form.dataset)) return;
  // Passkeys among what the browser fills in for the name; where it can't, there is the button.
  if (await window.PublicKeyCredential.isConditionalMediationAvailable?.())
    ask(form, 'conditional').catch(() => {});
}

if (window.PublicKeyCredential)
  document.querySelectorAll('form[data-passkey]').forEach((form) => void offer(form));
