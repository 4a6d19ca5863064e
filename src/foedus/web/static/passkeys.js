// Hands a challenge of the hub to the visitor's device, and its answer back.
// A form that has no script stays hidden: the other ways to sign in need none.
"use strict";

const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;

async function answer(form) {
  const options = JSON.parse(form.dataset.options);
  const credential = form.dataset.passkey === "make"
    ? await navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
      })
    : await navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
      });
  form.elements.answer.value = JSON.stringify(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!able) continue;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(form).catch(() => {
      form.querySelector(".error").textContent =
        "The device gave no passkey for this hub. Try again, or another way.";
    });
  });
}
