/* Comfort on top of pages that work without it: keys, saving as one types, a warning before a session
   ends, and nothing typed lost. No page needs this file. */
"use strict";
(() => {
  const one = (query, root = document) => root.querySelector(query);
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "") && document.activeElement.type !== "radio";

  /* Keys: j and k move through what is listed, Enter opens (the link has the focus), ? says so. */
  const stops = () => all(".inbox h3 a, table.list tbody th a, .tasks a, ol.list h3 a");
  const move = (by) => {
    const places = stops();
    if (!places.length) return;
    const at = places.indexOf(document.activeElement);
    places[Math.max(0, Math.min(places.length - 1, at < 0 ? 0 : at + by))].focus();
  };
  const help = one("#keys");
  document.addEventListener("keydown", (event) => {
    if (typing() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "?" && help) help.open ? help.close() : help.showModal();
    else return;
    event.preventDefault();
  });
  if (help) all("[data-script]").forEach((hint) => { hint.hidden = false; });

  /* What is typed stays in this tab until it is sent, so an ended session or a lost connection costs nothing. */
  const place = (form) => `typed:${form.dataset.owner}:${form.action}`;
  const forms = all("form[method=post][data-owner]");
  const fields = (form) => [...form.elements].filter((field) => field.name && !/^(hidden|submit|button|file|password)$/.test(field.type) && field.tagName !== "BUTTON");
  const typed = (form) => fields(form).map((field) => [field.name, field.value, field.checked ?? null]);
  const remember = (form) => sessionStorage.setItem(place(form), JSON.stringify(typed(form)));
  const forget = (form) => sessionStorage.removeItem(place(form));
  const restore = (form) => {
    const kept = JSON.parse(sessionStorage.getItem(place(form)) ?? "null");
    if (!kept || form.hasAttribute("data-fresh")) return forget(form);
    let changed = false;
    for (const field of fields(form)) {
      const found = kept.find(([name, value]) => name === field.name && (field.type !== "radio" && field.type !== "checkbox" || value === field.value));
      if (!found) continue;
      if (field.type === "radio" || field.type === "checkbox") { changed ||= field.checked !== found[2]; field.checked = found[2]; }
      else { changed ||= field.value !== found[1]; field.value = found[1]; }
    }
    if (!changed) return forget(form);
    const note = document.createElement("p");
    note.className = "note is-soon";
    note.setAttribute("role", "status");
    note.textContent = "What you typed before is here again. It is not saved yet.";
    form.prepend(note);
  };
  forms.forEach((form) => {
    restore(form);
    form.addEventListener("input", () => remember(form));
    form.addEventListener("submit", () => { form.dataset.sent = "1"; forget(form); });
  });

  /* A draft is saved as one leaves a field; the note stands by the field. */
  const noteBy = (field, words, wrong) => {
    const ask = field.closest(".ask") ?? field.closest(".question") ?? field.parentElement;
    let note = one("[data-note]", ask);
    if (!note) {
      note = document.createElement("p");
      note.dataset.note = "";
      note.setAttribute("role", "status");
      ask.append(note);
    }
    note.className = wrong ? "error" : "hint";
    note.textContent = words;
  };
  all("form[data-autosave]").forEach((form) => {
    let running = Promise.resolve();
    const save = async (field) => {
      const body = new FormData(form);
      body.set("autosave", "1");
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body), redirect: "error" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const standing = one("#standing", page);
        if (!standing) throw new Error("no answer of ours");
        if (answer.ok) {
          one("#standing", form).replaceWith(document.adoptNode(standing));
          forget(form);
          noteBy(field, one("[data-saved]", form)?.textContent ?? "Saved", false);
        } else {
          const said = all("[data-problems] p", standing);
          const mine = said.find((line) => line.dataset.field === field.name) ?? said[0];
          noteBy(field, `Not saved. ${mine?.textContent ?? ""}`, true);
        }
      } catch {
        noteBy(field, "Not saved: Conferral does not answer. What you typed stays here; send it with the button.", true);
      }
    };
    form.addEventListener("change", (event) => {
      if (!event.target.name || form.dataset.sent) return;
      running = running.then(() => save(event.target));
    });
  });

  /* Five minutes before an idle session ends one is asked, and can stay with a key. */
  const warning = one("#idle");
  if (warning) {
    const minutes = Number(warning.dataset.minutes);
    let ends = 0;
    const start = () => { ends = Date.now() + minutes * 60000; };
    const stay = async () => {
      const answer = await fetch("/sessions/stay", { method: "POST", body: new URLSearchParams({ csrf: warning.dataset.csrf }) });
      if (answer.ok) { start(); warning.close(); } else location.reload();
    };
    one("button", warning).addEventListener("click", (event) => { event.preventDefault(); stay(); });
    start();
    setInterval(() => {
      const left = Math.ceil((ends - Date.now()) / 60000);
      one("[data-left]", warning).textContent = left <= 0 ? "now" : left === 1 ? "in one minute" : `in ${left} minutes`;
      if (left <= 5 && !warning.open) warning.showModal();
    }, 15000);
  }
})();
