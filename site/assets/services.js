// The list of services.
"use strict";
(() => {
  const { list, element, link, cell, services: data } = window.pagerworthy || {};
  const RUNGS = ["none", "bronze", "silver", "gold"];
  const made = list && list({
    data,
    id: "services",
    searched: ["name", "label", "owner", "owner_label", "system", "blocks"],
    exact: ["owner", "system", "tier", "holder", "verdict", "rung"],
    // "defer" alone means every cause of one.
    same: (text, want) => `${text}:`.startsWith(`${want}:`),
    filters: {
      budget: (get, want) => {
        const mark = get("budget_mark");
        return want === "risk" ? mark === "bad" || mark === "warn" : mark === "unk";
      },
    },
    first: "those with most to work on first",
    page: (get) => `services/${encodeURIComponent(get("name"))}.html`,
    narrow: (get) => [element("small", `tier ${get("tier")}, pager: ${get("holder")}, ${get("owner_label")}`, "narrow")],
    draw: (tr, get) => {
      cell(tr, element("b", get("verdict"), `m ${get("mark")}`));
      cell(tr, String(get("tier"))).className = "n";
      cell(tr, get("holder"));
      cell(tr, get("owner_known") ? link(`teams/${encodeURIComponent(get("owner"))}.html`, get("owner_label")) : get("owner_label"));
      const rung = cell(tr, get("rung"));
      if (!get("met")) rung.append(" ", element("small", `of ${get("required")}`));
      cell(tr, get("score")).className = "n";
      cell(tr, get("budget_mark") === "unk" ? element("small", get("budget")) : element("b", get("budget"), `m ${get("budget_mark")}`));
      if (get("blocks")) {
        const blocks = cell(tr, link(`criteria/${encodeURIComponent(get("blocks"))}.html`, get("blocks")));
        if (get("open") > 1) blocks.append(" ", element("small", `and ${get("open") - 1} more`));
      } else {
        cell(tr, element("small", "nothing"));
      }
    },
    value: (key, get) => {
      if (key === "rung") return RUNGS.indexOf(get("rung"));
      if (key === "score") return get("score") === "" ? -1 : Number(get("score"));
      if (key === "budget") return get("budget_mark") === "unk" ? 101 : parseFloat(get("budget")) || 0;
      return get(key);
    },
  });
  if (!made) return;
  made.offer("owner", made.column("owner"), data.teams);
  made.offer("system", made.column("system"));
  made.start();
})();
