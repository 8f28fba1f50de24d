"use strict";
for (const box of document.querySelectorAll(".find")) {
  const rows = [...document.querySelectorAll(`#${box.dataset.table} tbody tr`)];
  const said = box.querySelector("output");
  const show = () => {
    const words = box.querySelector("input").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const gone = !words.every((word) => text.includes(word));
      row.classList.toggle("gone", gone);
      shown += gone ? 0 : 1;
    }
    said.textContent = words.length ? `找到${shown}行，共${rows.length}行` : `共${rows.length}行`;
  };
  box.hidden = false;
  box.querySelector("input").addEventListener("input", show);
  show();
}
