(function () {
  "use strict";
  var select = document.getElementById("kommune");
  var shown = document.getElementById("gezeigt");

  function known(ags) {
    return Array.prototype.some.call(select.options, function (o) { return o.value === ags; });
  }

  /* Shows what belongs to one municipality; an empty key shows everything. */
  function apply(ags) {
    document.querySelectorAll("[data-ags]").forEach(function (e) {
      e.hidden = ags !== "" && e.dataset.ags !== ags;
      if (e.tagName === "DETAILS") { e.open = ags !== "" && !e.hidden; }
    });
    document.querySelectorAll(".nothing").forEach(function (note) {
      var rows = note.parentElement.querySelectorAll("[data-ags]");
      note.hidden = ags === "" || Array.prototype.some.call(rows, function (e) { return !e.hidden; });
    });
    select.value = ags;
    shown.textContent = ags === "" ? "" : "Gezeigt: " + select.options[select.selectedIndex].text;
    document.documentElement.dataset.kommune = ags;
  }

  /* The address may carry a key (#06440004), so that a view can be kept as a bookmark. */
  function fromAddress() {
    var found = /^#([0-9]{8})$/.exec(window.location.hash);
    if (found && known(found[1])) { apply(found[1]); }
    if (window.location.hash === "#alle") { apply(""); }
  }

  select.addEventListener("change", function () {
    apply(select.value);
    window.location.hash = select.value === "" ? "alle" : select.value;
  });
  window.addEventListener("hashchange", fromAddress);
  /* On paper nobody can open a list: findings are printed in full, and closed again afterwards. */
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("details[data-ags]"), function (e) { return !e.open; });
    opened.forEach(function (e) { e.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (e) { e.open = false; });
  });
  document.getElementById("filter").hidden = false;
  fromAddress();
})();
