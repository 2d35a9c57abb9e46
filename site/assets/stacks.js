// The list of an environment's stacks.
"use strict";
(() => {
  const { list, element, link, cell, number, stacks: data } = window.pagerworthy || {};
  const wave = (get) => String(get("wave") || "none");
  const made = list && list({
    data,
    id: "stacks",
    searched: ["name", "label", "owner", "owner_label", "system", "resources"],
    exact: ["owner", "system", "tier"],
    same: (text, want) => text === want,
    filters: { wave: (get, want) => wave(get) === want, holds: (get, want) => get("types").includes(want) },
    first: "in the order in which they come up",
    page: (get) => `../services/${encodeURIComponent(get("name"))}.html#cloud`,
    narrow: (get) => [
      ...(get("refused") ? [" ", element("b", get("refused"), "m bad")] : []),
      element("small", `tier ${get("tier")}, wave ${wave(get)}, ${get("owner_label")}`, "narrow"),
    ],
    draw: (tr, get) => {
      const cost = cell(tr, number.format(get("least")));
      cost.className = "n";
      if (get("most") > get("least")) cost.append(" ", element("small", `to ${number.format(get("most"))}`));
      cell(tr, String(get("tier"))).className = "n";
      cell(tr, wave(get)).className = "n";
      cell(tr, get("owner_known") ? link(`../teams/${encodeURIComponent(get("owner"))}.html`, get("owner_label")) : get("owner_label"));
      cell(tr, get("tasks") || element("small", "nothing"));
      cell(tr, get("resources") || element("small", "none"));
      cell(tr, get("release") || element("small", "none yet"));
    },
    value: (key, get) => (key === "wave" ? get("wave") || Infinity : get(key)),
  });
  if (!made) return;
  const owners = made.column("owner");
  const labels = made.column("owner_label");
  made.offer("owner", owners, Object.fromEntries(owners.map((name, position) => [name, labels[position]])));
  made.offer("system", made.column("system"));
  made.offer("wave", made.column("wave").map((each) => each || "none"));
  made.offer("holds", made.column("types").flat());
  made.start();
})();
