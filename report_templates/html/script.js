// The page is complete without this: it filters, sorts and pages the findings, keeps the view in the
// address, opens what a link points to, and saves a CSV.
(function () {
  "use strict";
  var PAGE = 50;
  var FIELDS = ["q", "gpu", "severity", "category", "component", "work", "sort"];
  var form = document.getElementById("filter");
  if (form) startFindings();
  markSectionInView();
  letKeysScroll();
  window.addEventListener("resize", letKeysScroll);
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("#hours details").forEach(function (element) { element.open = true; });
  });

  function startFindings() {
    var list = document.getElementById("groups");
    var groups = Array.prototype.slice.call(list.querySelectorAll("details.rule")).map(readGroup);
    var count = document.getElementById("count");

    function readGroup(element, number) {
      var rows = Array.prototype.slice.call(element.querySelectorAll("tbody tr"));
      var head = (element.querySelector("summary").textContent + " " + element.dataset.r).toLowerCase();
      var more = document.createElement("button");
      more.type = "button";
      more.className = "more";
      more.hidden = true;
      element.appendChild(more);
      var group = { element: element, number: number, head: head, rows: rows, fitting: rows, more: more, limit: PAGE, wasOpen: element.open };
      more.addEventListener("click", function () { group.limit += 4 * PAGE; showPage(group); });
      return group;
    }

    function field(name) { return form.elements[name]; }
    // The first option of every list is "any".
    function chosen(name) { return field(name).selectedIndex - 1; }

    function rowFits(row, filter) {
      if (filter.component >= 0 && row.dataset.k !== String(filter.component)) return false;
      if (filter.work && row.dataset.e !== filter.work) return false;
      if (!filter.severity) return true;
      var severities = row.dataset.s.split(" ");
      return filter.gpu >= 0 ? severities[filter.gpu] === filter.severity : severities.indexOf(filter.severity) >= 0;
    }

    function textOf(row) {
      if (row.searchText === undefined) row.searchText = row.textContent.toLowerCase();
      return row.searchText;
    }

    function showPage(group) {
      group.rows.forEach(function (row) { row.hidden = true; });
      group.fitting.slice(0, group.limit).forEach(function (row) { row.hidden = false; });
      var left = group.fitting.length - group.limit;
      group.more.hidden = left <= 0;
      group.more.textContent = "Show " + Math.min(left, 4 * PAGE) + " more of " + group.fitting.length;
    }

    function apply() {
      var filter = {
        gpu: chosen("gpu"), component: chosen("component"), severity: field("severity").value,
        category: field("category").value, work: field("work").value, text: field("q").value.trim().toLowerCase()
      };
      var active = Boolean(filter.severity || filter.category || filter.component >= 0 || filter.work || filter.text);
      var shown = 0, total = 0;
      groups.forEach(function (group) {
        var inCategory = !filter.category || group.element.dataset.c === filter.category;
        var headFits = !filter.text || group.head.indexOf(filter.text) >= 0;
        group.fitting = !inCategory ? [] : group.rows.filter(function (row) {
          return rowFits(row, filter) && (headFits || textOf(row).indexOf(filter.text) >= 0);
        });
        group.limit = PAGE;
        showPage(group);
        group.element.hidden = active && group.fitting.length === 0;
        group.element.open = active ? group.fitting.length > 0 && (group.wasOpen || group.fitting.length <= PAGE) : group.wasOpen;
        shown += group.fitting.length;
        total += group.rows.length;
      });
      sort(field("sort").value);
      count.textContent = active ? shown + " of " + total + " places" : total + " places listed";
    }

    function sort(order) {
      var key = { work: function (group) { return -group.element.dataset.w; }, places: function (group) { return -group.fitting.length; } }[order];
      var sorted = groups.slice().sort(function (one, other) {
        if (order === "file") {
          var paths = [one, other].map(function (group) { return group.element.dataset.f; });
          if (paths[0] !== paths[1]) return paths[0] < paths[1] ? -1 : 1;
        }
        return (key ? key(one) - key(other) : 0) || one.number - other.number;
      });
      sorted.forEach(function (group) { list.appendChild(group.element); });
    }

    function writeAddress() {
      var parts = FIELDS.filter(function (name) { return field(name).value; }).map(function (name) {
        return name + "=" + encodeURIComponent(field(name).value);
      });
      history.replaceState(null, "", parts.length ? "#findings?" + parts.join("&") : "#findings");
    }

    function readAddress(query) {
      FIELDS.forEach(function (name) { field(name).value = ""; });
      query.split("&").forEach(function (part) {
        var at = part.indexOf("=");
        var name = part.slice(0, at);
        if (FIELDS.indexOf(name) < 0) return;
        try { field(name).value = decodeURIComponent(part.slice(at + 1)); } catch (error) { field(name).value = ""; }
        // A list has no such choice: any.
        if (field(name).selectedIndex === -1) field(name).value = "";
      });
      apply();
    }

    function openTarget() {
      var hash = location.hash.slice(1);
      if (hash.indexOf("findings?") === 0) {
        readAddress(hash.slice("findings?".length));
        document.getElementById("findings").scrollIntoView();
        return;
      }
      var aim = hash && document.getElementById(hash);
      if (!aim) return;
      var group = groups.filter(function (each) { return each.element === aim || each.element.contains(aim); })[0];
      if (group && (group.element.hidden || group.fitting.indexOf(aim) < 0)) {
        FIELDS.forEach(function (name) { field(name).value = ""; });
        apply();
      }
      if (group && aim !== group.element) {
        group.limit = Math.max(group.limit, group.fitting.indexOf(aim) + 1);
        showPage(group);
      }
      for (var parent = aim; parent; parent = parent.parentElement) if (parent.tagName === "DETAILS") parent.open = true;
      aim.scrollIntoView();
    }

    function cell(text) {
      text = text.replace(/\s+/g, " ").trim();
      // A spreadsheet would run a cell that starts like a formula.
      if (/^[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text)) text = "'" + text;
      return '"' + text.replace(/"/g, '""') + '"';
    }

    function saveCsv() {
      var lines = [["rule", "category", "where", "code", "judged", "fingerprint"].map(cell).join(",")];
      groups.forEach(function (group) {
        group.fitting.forEach(function (row) {
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

    form.hidden = false;
    form.addEventListener("input", function () { apply(); writeAddress(); });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () { setTimeout(function () { apply(); writeAddress(); }, 0); });
    document.getElementById("csv").addEventListener("click", saveCsv);
    document.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a[data-filter]") : null;
      if (!link) return;
      event.preventDefault();
      location.hash = "findings?" + link.dataset.filter;
    });
    document.addEventListener("keydown", function (event) {
      var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        field("q").focus();
      } else if (event.key === "Escape" && event.target === field("q")) {
        form.reset();
      }
    });
    window.addEventListener("hashchange", openTarget);
    apply();
    openTarget();
  }

  // What is wider than the screen is scrolled by the arrow keys too, once it can have the focus.
  function letKeysScroll() {
    document.querySelectorAll(".scroll, .waves, nav").forEach(function (element) {
      var overflows = element.scrollWidth > element.clientWidth;
      if (overflows) element.setAttribute("tabindex", "0"); else element.removeAttribute("tabindex");
    });
  }

  function markSectionInView() {
    if (!("IntersectionObserver" in window)) return;
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
