"use strict";
// The rule of the cell that is pointed to or focused, and arrow keys from cell to cell.
(() => {
  const grid = document.getElementById("who");
  const rule = document.getElementById("rule");
  if (!grid) return;
  const say = (cell) => {
    rule.textContent = `${cell.dataset.who}, ${cell.dataset.operation}: ${cell.textContent}. ${cell.title}`;
  };
  const cellOf = (event) => event.target.closest?.("td[data-who]");
  grid.addEventListener("pointerover", (event) => cellOf(event) && say(cellOf(event)));
  grid.addEventListener("focusin", (event) => cellOf(event) && say(cellOf(event)));
  grid.addEventListener("keydown", (event) => {
    const cell = cellOf(event);
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const cells = [...cell.parentElement.querySelectorAll("td")];
    const row = (sibling) => cell.parentElement[sibling]?.querySelectorAll("td")[cells.indexOf(cell)];
    const next = {
      ArrowLeft: () => cells[cells.indexOf(cell) - 1],
      ArrowRight: () => cells[cells.indexOf(cell) + 1],
      ArrowUp: () => row("previousElementSibling"),
      ArrowDown: () => row("nextElementSibling"),
      Home: () => cells[0],
      End: () => cells[cells.length - 1],
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
})();
