// A list that is searched, filtered and sorted; the view is kept in the address, so that it can be shared.
"use strict";
(() => {
  const STEP = 100;
  const number = new Intl.NumberFormat("en");

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== "") made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const link = (path, text) => {
    const made = element("a", text);
    made.href = path;
    return made;
  };
  const cell = (tr, ...parts) => {
    const td = tr.insertCell();
    td.append(...parts);
    return td;
  };

  // `id` is the table's, `searched` the columns that are searched, `exact` those that a filter wants to be equal, and
  // `filters` the other filters, each saying of a row whether it stays. `draw` makes the cells of a row behind its name,
  // which leads to `page`; `value` is what a column is sorted by; `first` says which come first unless a reader sorts.
  const list = ({ data, id, searched, exact, filters, same, page, narrow, draw, value, first }) => {
    const form = document.getElementById("filters");
    const table = document.getElementById(id);
    if (!data || !form || !table) return;
    const at = Object.fromEntries(data.columns.map((name, position) => [name, position]));
    const rows = data.rows;
    const getter = (row) => (name) => row[at[name]];
    const texts = rows.map((row) => searched.map((name) => row[at[name]]).join("\n").toLowerCase());
    const body = table.tBodies[0];
    const count = document.getElementById("count");
    const more = document.getElementById("more");
    const none = document.getElementById("none");
    const keys = ["q", ...exact, ...Object.keys(filters)];
    let found = [];
    let shown = 0;
    let order = "";

    const line = (row) => {
      const get = getter(row);
      const tr = document.createElement("tr");
      const head = element("th", "");
      head.scope = "row";
      head.append(link(page(get), get("label")), ...narrow(get));
      tr.append(head);
      draw(tr, get);
      return tr;
    };

    const grow = () => {
      const part = document.createDocumentFragment();
      for (const position of found.slice(shown, shown + STEP)) part.append(line(rows[position]));
      shown = Math.min(shown + STEP, found.length);
      body.append(part);
      more.hidden = shown >= found.length;
      more.textContent = `Show ${number.format(Math.min(STEP, found.length - shown))} more`;
    };

    const sorted = (positions) => {
      if (!order) return positions;
      const down = order.startsWith("-");
      const key = down ? order.slice(1) : order;
      const values = new Map(positions.map((position) => [position, value(key, getter(rows[position]))]));
      return positions.sort((a, b) => {
        const [x, y] = [values.get(a), values.get(b)];
        const less = typeof x === "string" ? x.localeCompare(y, "en") : x - y;
        return (down ? -less : less) || a - b;
      });
    };

    const wanted = () => Object.fromEntries(keys.map((key) => [key, form.elements[key].value.trim()]).filter((pair) => pair[1]));
    const apply = (remember) => {
      const want = wanted();
      const words = (want.q || "").toLowerCase().split(/\s+/).filter(Boolean);
      const fixed = exact.filter((key) => want[key]).map((key) => [at[key], want[key]]);
      const others = Object.keys(filters).filter((key) => want[key]);
      found = [];
      for (let position = 0; position < rows.length; position += 1) {
        const row = rows[position];
        if (!fixed.every(([column, text]) => same(String(row[column]), text))) continue;
        if (!others.every((key) => filters[key](getter(row), want[key]))) continue;
        if (words.every((word) => texts[position].includes(word))) found.push(position);
      }
      found = sorted(found);
      body.replaceChildren();
      shown = 0;
      grow();
      const all = `${number.format(rows.length)} ${rows.length === 1 ? "service" : "services"}`;
      const filtered = Object.keys(want).length > 0;
      count.textContent = (filtered ? `${number.format(found.length)} of ${all}` : all) + (order ? "" : `, ${first}`);
      none.hidden = found.length > 0;
      if (remember) {
        const query = new URLSearchParams(want);
        if (order) query.set("sort", order);
        const text = query.toString();
        try {
          history.replaceState(null, "", text ? `?${text}` : location.pathname);
        } catch {
          // Some browsers do not let a page that was opened from a file system change its address.
        }
      }
    };

    const mark = () => {
      for (const head of table.tHead.rows[0].cells) {
        const key = head.dataset.key;
        if (order === key) head.setAttribute("aria-sort", "ascending");
        else if (order === `-${key}`) head.setAttribute("aria-sort", "descending");
        else head.removeAttribute("aria-sort");
      }
    };
    for (const head of table.tHead.rows[0].cells) {
      const button = element("button", head.textContent);
      button.type = "button";
      button.addEventListener("click", () => {
        const key = head.dataset.key;
        order = order === key ? `-${key}` : order === `-${key}` ? "" : key;
        mark();
        apply(true);
      });
      head.replaceChildren(button);
    }

    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => apply(true), 60);
    });
    document.getElementById("all").addEventListener("click", () => {
      form.reset();
      form.elements.q.focus();
    });
    form.addEventListener("reset", () => setTimeout(() => apply(true), 0));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (found.length === 1) location.href = page(getter(rows[found[0]]));
    });
    more.addEventListener("click", () => {
      const before = shown;
      grow();
      const next = body.rows[before];
      if (next) next.querySelector("a").focus();
    });

    // Choices of a filter, from the values that there are; what is chosen is what the address says.
    const offer = (name, values, labels = {}) => {
      for (const each of [...new Set(values)].sort((a, b) => (typeof a === "number" ? a - b : a < b ? -1 : 1))) {
        form.elements[name].append(new Option(labels[each] || each, each));
      }
    };
    const start = () => {
      const given = new URLSearchParams(location.search);
      for (const key of keys) {
        const text = given.get(key);
        if (text !== null) form.elements[key].value = text;
      }
      const sort = given.get("sort") || "";
      if (Object.hasOwn(at, sort.replace(/^-/, ""))) order = sort;
      mark();
      if (Object.keys(wanted()).length || order || rows.length > body.rows.length) apply(false);
      else found = rows.map((_, position) => position);
    };
    return { offer, start, column: (name) => rows.map((row) => row[at[name]]) };
  };

  window.pagerworthy = Object.assign(window.pagerworthy || {}, { list, element, link, cell, number });
})();
