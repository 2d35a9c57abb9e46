// The graph: search for a node, and see what it touches.
"use strict";
(() => {
  const nodes = (window.pagerworthy && window.pagerworthy.nodes) || [];
  const form = document.getElementById("focus");
  const field = document.getElementById("node");
  const out = document.getElementById("found");
  const svg = document.getElementById("graph");
  if (!form) return;
  const MOST = 8;
  const lower = nodes.map((node) => `${node[0]}\n${node[1]}`.toLowerCase());
  const boxes = svg ? [...svg.querySelectorAll("[data-n]")] : [];
  const titles = boxes.map((box) => box.querySelector("title").textContent.toLowerCase());
  const edges = svg ? [...svg.querySelectorAll("[data-e]")].map((path) => [path, ...path.dataset.e.split(" ").map(Number)]) : [];

  const light = (number) => {
    if (!svg) return;
    svg.classList.toggle("on", number >= 0);
    const near = new Set([number]);
    for (const [path, from, to] of edges) {
      const touches = from === number || to === number;
      path.classList.toggle("lit", touches);
      if (touches) near.add(from).add(to);
    }
    boxes.forEach((box, position) => box.classList.toggle("lit", near.has(position)));
  };
  const best = (text) => {
    const starts = titles.findIndex((title) => title.startsWith(text));
    return starts >= 0 ? starts : titles.findIndex((title) => title.includes(text));
  };
  let chosen = -1;
  const search = () => {
    const text = field.value.trim().toLowerCase();
    chosen = text ? best(text) : -1;
    light(chosen);
    if (chosen >= 0) {
      const frame = svg.parentElement;
      const box = boxes[chosen].getBoundingClientRect();
      const outer = frame.getBoundingClientRect();
      frame.scrollLeft += box.left - outer.left - (outer.width - box.width) / 2;
    }
    out.replaceChildren();
    if (!text) return;
    const found = nodes.filter((_, position) => lower[position].includes(text));
    found.sort((a, b) => b[1].toLowerCase().startsWith(text) - a[1].toLowerCase().startsWith(text));
    if (!found.length) out.textContent = "Nothing is called so.";
    for (const [, label, href, , about] of found.slice(0, MOST)) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = `${label} (${about})`;
      out.append(link);
    }
    if (found.length > MOST) out.append(`and ${found.length - MOST} more`);
  };
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const link = out.querySelector("a");
    if (link) location.href = link.href;
  });
  boxes.forEach((box, position) => {
    box.addEventListener("pointerenter", () => light(position));
    box.addEventListener("pointerleave", () => light(chosen));
    box.addEventListener("focus", () => light(position));
    box.addEventListener("blur", () => light(chosen));
  });
  const given = new URLSearchParams(location.search).get("node");
  if (given) {
    field.value = given;
    search();
  }
})();
