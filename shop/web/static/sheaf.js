// A little life for pages that do without: everything here can be done without it, too.
"use strict";

// What was seen and is everybody's is there without a signal, too (found/worker.js).
if ("serviceWorker" in navigator && document.body.dataset.worker) {
  navigator.serviceWorker.register(document.body.dataset.worker).catch(() => {});
}

// Inside WeChat's own browser a page that is everybody's is shared as a card, by WeChat's JS port; else as a bare link.
const shareInWeChat = async () => {
  const where = document.body.dataset.inWechat, url = location.href.split("#")[0];
  const answer = await fetch(`${where}?${new URLSearchParams({ url })}`).catch(() => null);
  if (!answer?.ok) return;
  const { script: src, ...signed } = await answer.json();
  const said = (name) => document.querySelector(`meta[property="og:${name}"]`)?.content;
  const card = { title: said("title"), desc: said("description"), link: said("url"), imgUrl: said("image") };
  const ways = ["updateAppMessageShareData", "updateTimelineShareData"];
  document.head.append(Object.assign(document.createElement("script"), { src, onload: () => {
    wx.config({ ...signed, jsApiList: ways });
    wx.ready(() => { for (const way of ways) wx[way](card); });
  } }));
};
if (document.body.dataset.inWechat && navigator.userAgent.includes("MicroMessenger")) shareInWeChat();

// Under a finger, a choice that narrows a page is followed at once. With a keyboard every arrow key is a
// choice, so there the button is pressed.
for (const form of matchMedia("(pointer: coarse)").matches ? document.querySelectorAll("form[data-auto]") : []) {
  form.addEventListener("change", () => form.requestSubmit());
}

// Printing needs a script, so its button is hidden until there is one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Copying needs a script, too; without one the words can be marked by hand.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard.writeText(field.value);
    busy.textContent = button.textContent = button.dataset.copied;
  });
}

// What households brought adds up beside what the lot's units weigh while it is written, not only after it was sent.
for (const table of document.querySelectorAll("[data-weights]")) {
  const told = table.querySelector("[data-weights-sum]");
  const whole = (table.dataset.weights * table.dataset.unit) / 1000;
  const add = () => {
    const parts = [...table.querySelectorAll("input")].map((input) => Number(input.value.replace(/kg/i, "")) || 0);
    const sum = Math.round(parts.reduce((a, b) => a + b, 0) * 1000) / 1000;
    told.querySelector("b").textContent = `${sum} / ${whole} kg`;
    told.hidden = false;
  };
  table.addEventListener("input", add);
  add();
}

// The parts of a price add up to 100 while they are written, not only after they were sent.
for (const story of document.querySelectorAll("[data-story]")) {
  const told = story.querySelector("[data-story-sum]");
  const add = () => {
    const parts = [...story.querySelectorAll("input")].map((input) => Number(input.value) || 0);
    const sum = Math.round(parts.reduce((a, b) => a + b, 0) * 100) / 100;
    told.textContent = `= ${sum}%`;
    told.classList.toggle("off", sum !== 100);
  };
  story.addEventListener("input", add);
  add();
}

// A judge's mark is a number; with a script a slider stands beside it, for a finger.
for (const number of document.querySelectorAll(".mark input[type=number]")) {
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, tabIndex: -1 });
  slider.setAttribute("aria-hidden", "true");
  const follow = () => { slider.value = number.value === "" ? 50 : number.value; };
  slider.addEventListener("input", () => { number.value = slider.value; });
  number.addEventListener("input", follow);
  follow();
  number.after(slider);
}

// Whoever sent a form that was refused begins where it is told why.
const refused = document.getElementById("refused");
refused?.focus();

// What is wrong with a form is told all at once, at its top and beside each field, before it is sent; a browser alone
// tells one thing at a time, and in its own language.
const words = document.body.dataset;
const why = (field) => {
  const { validity, min, max } = field;
  if (validity.valueMissing) return words.missing;
  const range = validity.rangeUnderflow || validity.rangeOverflow ? [min, max].filter(Boolean).join("–") : "";
  return range ? `${words.amiss} (${range})` : words.amiss;
};
const labelOf = (field) => {
  const label = field.type === "radio" ? field.closest("fieldset")?.querySelector("legend") : field.labels?.[0];
  const shown = label?.cloneNode(true);
  for (const extra of shown?.querySelectorAll(".soft, input") ?? []) extra.remove();
  return shown?.textContent.trim().replace(/\s+/g, " ").slice(0, 80) ?? "";
};
const tell = (form, fields) => {
  document.getElementById("refused")?.remove();
  for (const old of form.querySelectorAll(".wrong")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const told = Object.assign(document.createElement("div"), { id: "refused", className: "note error", tabIndex: -1 });
  const list = document.createElement("ul");
  told.setAttribute("role", "alert");
  told.append(Object.assign(document.createElement("p"), { textContent: words.refused }), list);
  fields.forEach((field, n) => {
    field.id ||= `refused-${n}`;
    const note = Object.assign(document.createElement("p"), { className: "wrong", id: `${field.id}-wrong`, textContent: why(field) });
    (field.closest("fieldset:has([type=radio])") ?? field.closest(".field") ?? field.parentElement).append(note);
    field.setAttribute("aria-invalid", "true");
    const hint = document.getElementById(`${field.id}-hint`);
    field.setAttribute("aria-describedby", [hint?.id, note.id].filter(Boolean).join(" "));
    const link = Object.assign(document.createElement("a"), { href: `#${field.id}`, className: "tap" });
    link.append(Object.assign(document.createElement("b"), { textContent: labelOf(field) }), ` ${why(field)}`);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
      field.focus();
    });
    const line = document.createElement("li");
    line.append(link);
    list.append(line);
  });
  form.prepend(told);
  told.focus();
  told.scrollIntoView({ block: "nearest" });
};
for (const form of document.querySelectorAll("form[method=post]")) {
  form.noValidate = true;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formNoValidate) return;
    const amiss = [...form.elements].filter((field) => field.willValidate && !field.validity.valid);
    // Of a group of choices, the first speaks for all.
    const fields = amiss.filter((field) => field.type !== "radio" || amiss.find((one) => one.name === field.name) === field);
    if (!fields.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tell(form, fields);
  });
}

// What was typed in one form is not sent by the button of another: whoever would lose it is asked first.
const isChanged = (field) =>
  field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
    : field.options ? [...field.options].some((one) => one.defaultSelected) && !field.options[field.selectedIndex]?.defaultSelected
      : field.type !== "hidden" && field.defaultValue !== undefined && field.value !== field.defaultValue;
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    const others = [...document.querySelectorAll("form[method=post]")].filter((other) => other !== form);
    const lost = others.some((other) => [...other.elements].some(isChanged));
    if (lost && !confirm(document.body.dataset.unsaved)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  });
}

// Goods that she has looked at are remembered by her browser alone, in each language by its own names; only what a
// stranger may see has a canonical address. They are gone when she signs out or asks for it.
const SEEN = "seen-", MOST_SEEN = 8;
const forget = () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(SEEN)) localStorage.removeItem(key);
};
const shelf = document.querySelector("[data-seen]");
if (shelf && document.querySelector("link[rel=canonical]")) {
  const key = SEEN + document.documentElement.lang, { name, picture } = shelf.dataset, path = location.pathname;
  try {
    const others = JSON.parse(localStorage.getItem(key) ?? "[]").filter((one) => one.path !== path).slice(0, MOST_SEEN);
    localStorage.setItem(key, JSON.stringify([{ path, name, picture }, ...others]));
    for (const one of others) {
      const made = (tag, told) => Object.assign(document.createElement(tag), told);
      const card = made("li", { className: "card" }), body = made("div", { className: "card-body" }), title = made("h3", { className: "name" });
      title.append(made("a", { href: one.path, textContent: one.name }));
      body.append(title);
      card.append(made("img", { src: one.picture, alt: "", width: 320, height: 240, loading: "lazy" }), body);
      shelf.querySelector("ul").append(card);
    }
    shelf.hidden = !others.length;
  } catch { /* A browser that keeps nothing shows nothing. */ }
  shelf.querySelector("button").addEventListener("click", () => { forget(); shelf.hidden = true; });
}
document.addEventListener("submit", (event) => {
  if (/\/do\/(sign_out|erase_person)\/$/.test(event.target.action)) try { forget(); } catch { /* Nothing was kept. */ }
});

// What few need is fetched once they reach for it.
for (const part of document.querySelectorAll("[data-script]")) {
  for (const reach of ["pointerdown", "focusin", "change"]) {
    part.addEventListener(reach, () => import(part.dataset.script), { once: true });
  }
}

// A photo's link leads to the large one; with a script it opens above the page, and Escape closes it.
for (const link of document.querySelectorAll("a[data-enlarge]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const shown = Object.assign(document.createElement("dialog"), { className: "enlarged" });
    const photo = Object.assign(document.createElement("img"), { src: link.href, alt: link.querySelector("img").alt });
    const close = Object.assign(document.createElement("button"), { textContent: link.closest("[data-close]").dataset.close });
    const form = Object.assign(document.createElement("form"), { method: "dialog" });
    form.append(close);
    shown.append(photo, form);
    shown.setAttribute("aria-label", photo.alt);
    shown.addEventListener("close", () => shown.remove());
    shown.addEventListener("click", (press) => { if (press.target === shown) shown.close(); });
    document.body.append(shown);
    shown.showModal();
  });
}

// One more, one fewer: at once where there is a script.
for (const stepper of document.querySelectorAll(".stepper")) {
  const number = stepper.querySelector("input");
  stepper.addEventListener("click", (event) => {
    const step = { more: 1, fewer: -1 }[event.target.closest("button")?.value];
    if (!step) return;
    event.preventDefault();
    number.value = Math.min(Math.max((Number(number.value) || 1) + step, number.min), number.max);
  });
}

// A form that was sent is not sent again by a second tap, and its button says that it is under way. (The server would
// do it once all the same.) Nothing stays so: not when one comes back to the page, nor where no other page came.
const busy = Object.assign(document.createElement("p"), { className: "unseen" });
busy.setAttribute("role", "status");
document.body.append(busy);
const settle = () => {
  busy.textContent = "";
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
};
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  if (form.matches("[method=post]")) form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
  busy.textContent = words.busy;
  setTimeout(settle, 8000);
});
window.addEventListener("pageshow", settle);

// Word of a payment comes from the provider within seconds: look again a few times, then leave it to the reader.
if (document.querySelector("[data-await]")) {
  const key = `looked:${location.pathname}`;
  const looked = Number(sessionStorage.getItem(key));
  if (looked < 8) {
    sessionStorage.setItem(key, looked + 1);
    setTimeout(() => location.reload(), 2500);
  }
}

// While a search is written, what it may become: links below the field, reached with Tab or the arrow down.
for (const field of document.querySelectorAll("[data-suggest]")) {
  const list = field.form.querySelector(".suggestions");
  let waiting, asked;
  const close = () => { list.hidden = true; };
  const show = async () => {
    const text = asked = field.value.trim();
    if (!text) return close();
    const answer = await fetch(`${field.dataset.suggest}?text=${encodeURIComponent(text)}`).catch(() => null);
    // An answer that was overtaken says nothing any more.
    if (!answer?.ok || text !== asked) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("li");
    list.replaceChildren(...found);
    list.hidden = !found.length || !field.form.contains(document.activeElement);
  };
  field.autocomplete = "off";
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(show, 150); });
  field.form.addEventListener("keydown", (event) => {
    const stops = list.hidden ? [field] : [field, ...list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const here = stops.indexOf(document.activeElement);
    if (event.key === "Escape") { close(); field.focus(); }
    if (!step || here < 0 || stops.length < 2) return;
    event.preventDefault();
    stops[(here + step + stops.length) % stops.length].focus();
  });
  field.form.addEventListener("focusout", (event) => { if (!field.form.contains(event.relatedTarget)) close(); });
}
