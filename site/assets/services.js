// The list of services: filters, search and order, kept in the address so that a view can be shared.
"use strict";
(() => {
  const data = window.pagerworthy && window.pagerworthy.services;
  const form = document.getElementById("filters");
  const table = document.getElementById("services");
  if (!data || !form || !table) return;
  const STEP = 100;
  const RUNGS = ["none", "bronze", "silver", "gold"];
  const at = Object.fromEntries(data.columns.map((name, position) => [name, position]));
  const rows = data.rows;
  const texts = rows.map((row) =>
    [row[at.name], row[at.label], row[at.owner], row[at.owner_label], row[at.system], row[at.blocks]].join("\n").toLowerCase());
  const body = table.tBodies[0];
  const count = document.getElementById("count");
  const more = document.getElementById("more");
  const none = document.getElementById("none");
  const exact = ["owner", "system", "tier", "holder", "verdict", "rung"];
  const keys = ["q", ...exact, "budget"];
  const number = new Intl.NumberFormat("en");
  let found = [];
  let shown = 0;
  let order = "";

  const options = (name, labels) => {
    const values = [...new Set(rows.map((row) => row[at[name]]))].sort();
    for (const value of values) form.elements[name].append(new Option(labels[value] || value, value));
  };
  options("owner", data.teams);
  options("system", {});

  const element = (tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== "") made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const link = (folder, name, text) => {
    const made = element("a", text);
    made.href = `${folder}/${encodeURIComponent(name)}.html`;
    return made;
  };
  const cell = (tr, ...parts) => {
    const td = tr.insertCell();
    td.append(...parts);
    return td;
  };
  const draw = (row) => {
    const get = (name) => row[at[name]];
    const tr = document.createElement("tr");
    const head = element("th", "");
    head.scope = "row";
    head.append(link("services", get("name"), get("label")));
    head.append(element("small", `tier ${get("tier")}, pager: ${get("holder")}, ${get("owner_label")}`, "narrow"));
    tr.append(head);
    cell(tr, element("b", get("verdict"), `m ${get("mark")}`));
    cell(tr, String(get("tier"))).className = "n";
    cell(tr, get("holder"));
    cell(tr, get("owner_known") ? link("teams", get("owner"), get("owner_label")) : get("owner_label"));
    const rung = cell(tr, get("rung"));
    if (!get("met")) rung.append(" ", element("small", `of ${get("required")}`));
    cell(tr, get("score")).className = "n";
    const budget = get("budget_mark") === "unk" ? element("small", get("budget")) : element("b", get("budget"), `m ${get("budget_mark")}`);
    cell(tr, budget);
    if (get("blocks")) {
      const blocks = cell(tr, link("criteria", get("blocks"), get("blocks")));
      if (get("open") > 1) blocks.append(" ", element("small", `and ${get("open") - 1} more`));
    } else {
      cell(tr, element("small", "nothing"));
    }
    return tr;
  };

  const grow = () => {
    const part = document.createDocumentFragment();
    for (const position of found.slice(shown, shown + STEP)) part.append(draw(rows[position]));
    shown = Math.min(shown + STEP, found.length);
    body.append(part);
    more.hidden = shown >= found.length;
    more.textContent = `Show ${number.format(Math.min(STEP, found.length - shown))} more`;
  };

  const value = (row, key) => {
    const raw = row[at[key]];
    if (key === "rung") return RUNGS.indexOf(raw);
    if (key === "score") return raw === "" ? -1 : Number(raw);
    if (key === "budget") return row[at.budget_mark] === "unk" ? 101 : parseFloat(raw) || 0;
    return raw;
  };
  const sorted = (positions) => {
    if (!order) return positions;
    const down = order.startsWith("-");
    const key = down ? order.slice(1) : order;
    const values = new Map(positions.map((position) => [position, value(rows[position], key)]));
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
    found = [];
    for (let position = 0; position < rows.length; position += 1) {
      const row = rows[position];
      // "defer" alone means every cause of one.
      if (!fixed.every(([column, text]) => `${row[column]}:`.startsWith(`${text}:`))) continue;
      const mark = row[at.budget_mark];
      if (want.budget === "risk" && mark !== "bad" && mark !== "warn") continue;
      if (want.budget === "unknown" && mark !== "unk") continue;
      if (words.every((word) => texts[position].includes(word))) found.push(position);
    }
    found = sorted(found);
    body.replaceChildren();
    shown = 0;
    grow();
    const all = number.format(rows.length);
    const filtered = Object.keys(want).length > 0;
    const first = order ? "" : ", those with most to work on first";
    count.textContent = (filtered ? `${number.format(found.length)} of ${all} services` : `${all} services`) + first;
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
  const mark = () => {
    for (const head of table.tHead.rows[0].cells) {
      const key = head.dataset.key;
      if (order === key) head.setAttribute("aria-sort", "ascending");
      else if (order === `-${key}`) head.setAttribute("aria-sort", "descending");
      else head.removeAttribute("aria-sort");
    }
  };

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
    if (found.length === 1) location.href = `services/${encodeURIComponent(rows[found[0]][at.name])}.html`;
  });
  more.addEventListener("click", () => {
    const first = shown;
    grow();
    const next = body.rows[first];
    if (next) next.querySelector("a").focus();
  });

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
})();
