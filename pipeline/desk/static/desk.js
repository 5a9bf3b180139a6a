"use strict";
// What a form cannot do: tell that the tab is there, follow a run, take files that are dropped.
const base = document.body.dataset.base;
if (base !== undefined) {
  const tab = Math.random().toString(36).slice(2);
  const beat = () => fetch(`${base}/takt?tab=${tab}`, { method: "POST" }).catch(() => {});
  addEventListener("pageshow", beat);
  setInterval(beat, 20000);
  addEventListener("pagehide", () => navigator.sendBeacon(`${base}/takt?tab=${tab}&ende=1`));
}

const put = (selector, text) => {
  const element = document.querySelector(selector);
  if (element && element.textContent !== text) element.textContent = text;
};

const show = (answer) => {
  if (answer.look) {
    put("[data-progress]", answer.look.progress ? `: ${answer.look.progress}` : "");
  } else if (answer.run) {
    put("[data-state]", answer.run.state);
    put("[data-count]", answer.total ? `: ${answer.done} von ${answer.total} Dateien` : "");
    put("[data-lines]", answer.lines);
    const bar = document.querySelector("progress");
    if (bar && answer.total) {
      bar.max = answer.total;
      bar.value = answer.done;
    }
  }
};

const follow = async () => {
  const address = `${location.pathname}.json${location.search}`;
  try {
    const response = await fetch(address);
    const answer = await response.json();
    if (!answer.wait) return location.reload();
    show(answer);
  } catch {
    return;
  }
  setTimeout(follow, 1000);
};
if ("wait" in document.body.dataset) setTimeout(follow, 1000);

for (const form of document.querySelectorAll("[data-drop]")) {
  form.querySelector("[data-drop-hint]").hidden = false;
  const mark = (on) => (event) => {
    event.preventDefault();
    form.classList.toggle("over", on);
  };
  form.addEventListener("dragover", mark(true));
  form.addEventListener("dragleave", mark(false));
  form.addEventListener("drop", (event) => {
    mark(false)(event);
    const field = form.querySelector("input[type=file]");
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change"));
    if (field.files.length && field.validity.valid) form.requestSubmit();
  });
}

for (const field of document.querySelectorAll("[data-most]")) {
  field.addEventListener("change", () => {
    const size = [...field.files].reduce((sum, file) => sum + file.size, 0);
    const most = Number(field.dataset.most);
    field.setCustomValidity(size > most ? `Das ist zu viel auf einmal: höchstens ${Math.round(most / 1e6)} MB.` : "");
    field.reportValidity();
  });
}
