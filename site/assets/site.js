// On every page: "/" goes to the search field, and a link to a folded part opens it.
"use strict";
(() => {
  const find = document.getElementById("f-q") || document.getElementById("node") || document.getElementById("find");
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName || "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      find.focus();
    }
  });
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    target.scrollIntoView();
  };
  // A drawing that is wider than the screen starts where the reader is, not at its left edge.
  for (const frame of document.querySelectorAll(".drawn")) frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
  // Paper cannot be unfolded.
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details.area")) part.open = true;
  });
  addEventListener("hashchange", open);
  if (location.hash) open();
})();
