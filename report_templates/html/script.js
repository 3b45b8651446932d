// The page is complete without this: it filters the findings, opens what a link points to, and saves a CSV.
(function () {
  "use strict";
  var form = document.getElementById("filter");
  var groups = Array.prototype.slice.call(document.querySelectorAll("details.rule")).map(function (element) {
    var rows = Array.prototype.slice.call(element.querySelectorAll("tbody tr"));
    var head = element.querySelector("summary").textContent + " " + element.dataset.r;
    return { element: element, head: head.toLowerCase(), rows: rows, wasOpen: element.open };
  });

  function value(id) { return document.getElementById(id).value; }

  function rowFits(row, filter) {
    if (filter.component && row.dataset.k !== filter.component) return false;
    if (!filter.severity) return true;
    var severities = row.dataset.s.split(" ");
    return filter.target ? severities[+filter.target] === filter.severity : severities.indexOf(filter.severity) >= 0;
  }

  function apply() {
    var filter = { target: value("ft"), severity: value("fs"), category: value("fc"), component: value("fk"), text: value("q").trim().toLowerCase() };
    var active = filter.severity || filter.category || filter.component || filter.text;
    var shown = 0, total = 0;
    groups.forEach(function (group) {
      var inGroup = 0;
      var headFits = !filter.text || group.head.indexOf(filter.text) >= 0;
      group.rows.forEach(function (row) {
        var fits = (!filter.category || group.element.dataset.c === filter.category) && rowFits(row, filter) &&
          (headFits || row.textContent.toLowerCase().indexOf(filter.text) >= 0);
        row.hidden = !fits;
        if (fits) inGroup += 1;
      });
      group.element.hidden = active && inGroup === 0;
      group.element.open = active ? inGroup > 0 && (group.wasOpen || inGroup <= 200) : group.wasOpen;
      shown += inGroup;
      total += group.rows.length;
    });
    document.getElementById("count").textContent = active ? shown + " of " + total + " shown" : total + " listed";
  }

  function cell(text) {
    text = text.replace(/\s+/g, " ").trim();
    // A spreadsheet would run a cell that starts like a formula.
    if (/^[=+\-@]/.test(text)) text = "'" + text;
    return '"' + text.replace(/"/g, '""') + '"';
  }

  function saveCsv() {
    var lines = [["rule", "category", "where", "code", "judged", "fingerprint"].map(cell).join(",")];
    groups.forEach(function (group) {
      group.rows.forEach(function (row) {
        if (row.hidden) return;
        var place = row.cells[0].querySelector("a").textContent;
        var code = (row.cells[1].querySelector("mark") || row.cells[1]).textContent;
        lines.push([group.element.dataset.r, group.element.dataset.c, place, code, row.cells[2].textContent, row.id.slice(2)].map(cell).join(","));
      });
    });
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = "findings.csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  function openTarget() {
    var aim = location.hash && document.getElementById(location.hash.slice(1));
    if (!aim) return;
    for (var parent = aim; parent; parent = parent.parentElement) if (parent.tagName === "DETAILS") parent.open = true;
    aim.scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  document.getElementById("csv").addEventListener("click", saveCsv);
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("#hours details").forEach(function (element) { element.open = true; });
  });
  apply();
  openTarget();

  if ("IntersectionObserver" in window) {
    var links = {};
    document.querySelectorAll("nav a").forEach(function (link) { links[link.hash.slice(1)] = link; });
    var inView = {};
    var watch = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) { inView[entry.target.id] = entry.isIntersecting; });
      var names = Object.keys(links);
      var first = names.filter(function (name) { return inView[name]; })[0];
      if (!first) return;
      names.forEach(function (name) { links[name].removeAttribute("aria-current"); });
      links[first].setAttribute("aria-current", "true");
    }, { rootMargin: "-10% 0px -80% 0px" });
    document.querySelectorAll("main section[id]").forEach(function (section) { watch.observe(section); });
  }
})();
