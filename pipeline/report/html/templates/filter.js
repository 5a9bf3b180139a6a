(function () {
  "use strict";
  var select = document.getElementById("kommune");
  var status = document.getElementById("status");
  var shown = document.getElementById("gezeigt");

  function known(list, value) {
    return Array.prototype.some.call(list.options, function (o) { return o.value === value; });
  }

  /* Municipalities with a milestone in this status, as keys; null when every status is asked for. */
  function having(wanted) {
    if (wanted === "") { return null; }
    var found = {};
    document.querySelectorAll("#matrix-zeilen tr").forEach(function (row) {
      if (row.querySelector("[data-status='" + wanted + "']")) { found[row.dataset.ags] = true; }
    });
    return found;
  }

  /* Shows what belongs to the chosen municipality and status; empty choices show everything. */
  function apply() {
    var ags = select.value, with_ = having(status.value);
    document.querySelectorAll("[data-ags]").forEach(function (e) {
      e.hidden = (ags !== "" && e.dataset.ags !== ags) || (with_ !== null && !with_[e.dataset.ags]);
      if (e.tagName === "DETAILS") { e.open = ags !== "" && !e.hidden; }
    });
    document.querySelectorAll("[data-status]").forEach(function (e) {
      e.classList.toggle("found", status.value !== "" && e.dataset.status === status.value);
    });
    document.querySelectorAll(".nothing").forEach(function (note) {
      var rows = note.parentElement.querySelectorAll("[data-ags]");
      var all = ags === "" && with_ === null;
      note.hidden = all || Array.prototype.some.call(rows, function (e) { return !e.hidden; });
    });
    var told = [select, status].filter(function (s) { return s.value !== ""; });
    shown.textContent = told.length === 0 ? "" : "Gezeigt: " + told.map(function (s) {
      return s.options[s.selectedIndex].text;
    }).join(", ");
    document.documentElement.dataset.kommune = ags;
  }

  /* The address may carry a key (#06440004) or a status (#stand=overdue), so that a view can be a bookmark. */
  function fromAddress() {
    var key = /^#([0-9]{8})$/.exec(window.location.hash), stand = /^#stand=([a-z_]+)$/.exec(window.location.hash);
    if (key && known(select, key[1])) { select.value = key[1]; }
    if (stand && known(status, stand[1])) { status.value = stand[1]; select.value = ""; }
    if (window.location.hash === "#alle") { select.value = status.value = ""; }
    apply();
  }

  function changed() {
    apply();
    window.location.hash = select.value || (status.value ? "stand=" + status.value : "alle");
  }

  select.addEventListener("change", changed);
  status.addEventListener("change", changed);
  window.addEventListener("hashchange", fromAddress);
  document.getElementById("filter").hidden = false;
  fromAddress();
})();
