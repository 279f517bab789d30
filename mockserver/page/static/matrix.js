"use strict";
// The matrix of policies and workspaces: only what is seen is drawn, so that 500 by 500 stays smooth.
(() => {
  const grid = document.getElementById("matrix");
  const reason = document.getElementById("reason");
  const filters = document.getElementById("filters");
  const HIGH = 28, WIDE = 30, SPARE = 4;
  let HEAD = 160;
  let data = null, rows = [], columns = [], drawn = new Map(), window_ = null;
  let active = { row: 0, column: 0 };
  let side = 0;

  const made = (tag, role, text) => {
    const element = document.createElement(tag);
    if (role) element.setAttribute("role", role);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const address = (type, id) => grid.dataset.records + type + "/" + encodeURIComponent(id);
  const link = (type, item) => {
    const anchor = made("a", null, item.name);
    anchor.href = address(type, item.id);
    anchor.tabIndex = -1;
    anchor.title = item.name;
    return anchor;
  };

  // what is there, and what fits the filters

  const spread = (marks) => {
    const found = new Map();
    for (const [why, at] of marks) {
      for (const column of at === null ? data.columns.keys() : at) found.set(column, why);
    }
    return found;
  };
  const reach = (group) => (group.reach ??= { marks: spread(group.marks), gaps: spread(group.gaps) });
  const chosen = () => {
    const part = (name) => filters.elements[name].value.trim().toLowerCase();
    const [rowPart, columnPart] = [part("rows"), part("columns")];
    const fits = (item, text) => item.name.toLowerCase().includes(text) || item.id.toLowerCase().includes(text);
    const within = (item) => (item.group ?? "").toLowerCase().includes(columnPart);
    columns = [...data.columns.keys()].filter((at) => fits(data.columns[at], columnPart) || (columnPart && within(data.columns[at])));
    rows = [];
    for (const group of data.groups) {
      const whole = fits(group, rowPart);
      const members = group.members.filter((member) => whole || fits(member, rowPart));
      if (!whole && !members.length) continue;
      rows.push({ group, head: true });
      for (const member of members) rows.push({ group, member });
    }
    const loose = data.loose.filter((member) => fits(member, rowPart));
    if (loose.length) rows.push({ head: true }, ...loose.map((member) => ({ member })));
    const policies = rows.filter((row) => row.member).length;
    document.getElementById("count").textContent =
      `${policies} ${data.types.row} in ${data.groups.length} ${data.types.group}, ${columns.length} of ${data.columns.length} ${data.types.column}`;
    active = { row: Math.min(active.row, rows.length - 1), column: Math.min(active.column, columns.length - 1) };
  };

  // drawing

  const all = () => {
    const longest = Math.max(0, ...columns.map((at) => data.columns[at].name.length));
    HEAD = (data.types.by ? 28 : 0) + Math.min(160, Math.max(60, 20 + 8 * longest));
    side = Math.min(300, Math.max(130, Math.round(grid.clientWidth * 0.35)));
    grid.replaceChildren();
    drawn = new Map();
    window_ = null;
    grid.setAttribute("aria-rowcount", rows.length + 1);
    grid.setAttribute("aria-colcount", columns.length + 1);
    if (!rows.length || !columns.length) {
      grid.append(made("p", null, data.columns.length ? "Nothing fits the filters." : `There are no ${data.types.column} yet.`));
      return;
    }
    const inner = made("div", "presentation");
    inner.className = "inner";
    inner.style.width = `${side + columns.length * WIDE}px`;
    inner.style.height = `${HEAD + rows.length * HIGH}px`;
    const head = made("div", "row");
    head.className = "heads";
    head.style.height = `${HEAD}px`;
    head.setAttribute("aria-rowindex", 1);
    const corner = made("div", "columnheader", `${data.types.group}, ${data.types.row}`);
    corner.className = "corner";
    corner.style.width = `${side}px`;
    head.append(corner);
    inner.append(head);
    grid.append(inner);
    draw();
  };
  const seen = () => {
    const first = Math.max(0, Math.floor(grid.scrollTop / HIGH) - SPARE);
    const left = Math.max(0, Math.floor(grid.scrollLeft / WIDE) - SPARE);
    return {
      first, left,
      last: Math.min(rows.length, first + Math.ceil(grid.clientHeight / HIGH) + 2 * SPARE),
      right: Math.min(columns.length, left + Math.ceil(grid.clientWidth / WIDE) + 2 * SPARE),
    };
  };
  const draw = () => {
    if (!rows.length || !columns.length) return;
    const now = seen(), inner = grid.firstChild;
    const moved = !window_ || now.left !== window_.left || now.right !== window_.right;
    if (moved) {
      for (const row of drawn.values()) row.remove();
      drawn.clear();
      heads(inner.firstChild, now);
    }
    for (const [at, row] of drawn) {
      if (at < now.first || at >= now.last) {
        row.remove();
        drawn.delete(at);
      }
    }
    const fresh = document.createDocumentFragment();
    for (let at = now.first; at < now.last; at++) {
      if (drawn.has(at)) continue;
      const row = rowOf(at, now);
      drawn.set(at, row);
      fresh.append(row);
    }
    inner.append(fresh);
    window_ = now;
    point();
  };
  const heads = (head, now) => {
    while (head.children.length > 1) head.lastChild.remove();
    bands(head, now);
    for (let at = now.left; at < now.right; at++) {
      const cell = made("div", "columnheader");
      cell.className = "head";
      cell.id = `head-${at}`;
      cell.style.left = `${side + at * WIDE}px`;
      cell.setAttribute("aria-colindex", at + 2);
      cell.append(link(data.types.column, data.columns[columns[at]]));
      head.append(cell);
    }
  };
  const bands = (head, now) => {
    // what the columns are grouped by, e.g. projects: one band over those that stand side by side
    if (!data.types.by) return;
    const group = (at) => data.columns[columns[at]].group;
    for (let at = now.left; at < now.right; ) {
      let end = at;
      while (end < now.right && group(end) === group(at)) end++;
      const band = made("div", "presentation", group(at) || `no ${data.types.by}`);
      band.className = "band";
      band.title = `${data.types.by} ${group(at)}`;
      band.style.left = `${side + at * WIDE}px`;
      band.style.width = `${(end - at) * WIDE}px`;
      head.append(band);
      at = end;
    }
  };
  const rowOf = (at, now) => {
    const { group, member, head } = rows[at];
    const row = made("div", "row");
    row.className = head ? "line set" : "line";
    row.style.top = `${HEAD + at * HIGH}px`;
    row.setAttribute("aria-rowindex", at + 2);
    const name = made("div", "rowheader");
    name.className = "name";
    name.id = `name-${at}`;
    name.style.width = `${side}px`;
    name.setAttribute("aria-colindex", 1);
    if (member) name.append(link(data.types.row, member));
    else if (group) name.append(link(data.types.group, group));
    else name.append(`in no ${data.types.group.replace(/s$/, "").replace("-", " ")}`);
    if (head && group && !group.members.length) name.append(made("span", null, ` no ${data.types.row}`));
    row.append(name);
    for (let column = now.left; column < now.right; column++) {
      const pointed = at === active.row && column === active.column;
      if (pointed || signOf(at, column)) row.append(cellOf(at, column));
    }
    return row;
  };
  const signOf = (at, column) => {
    const { group, head } = rows[at];
    if (head || !group) return "";
    const { marks, gaps } = reach(group);
    return marks.has(columns[column]) ? "●" : gaps.has(columns[column]) ? "○" : "";
  };
  const cellOf = (at, column) => {
    const sign = signOf(at, column);
    const cell = made("div", "gridcell", sign);
    cell.className = sign ? "cell mark" : "cell";
    cell.id = `cell-${at}-${column}`;
    cell.style.left = `${side + column * WIDE}px`;
    cell.setAttribute("aria-colindex", column + 2);
    cell.setAttribute("aria-label", told(at, column));
    cell.dataset.row = at;
    cell.dataset.column = column;
    if (sign) {
      const { marks, gaps } = reach(rows[at].group);
      cell.title = data.reasons[marks.get(columns[column]) ?? gaps.get(columns[column])];
    }
    return cell;
  };

  // what is pointed to, and why

  const told = (at, column) => {
    const { group, member, head } = rows[at];
    const place = data.columns[columns[column]];
    const where = place.group ? `${place.name} (${data.types.by} ${place.group})` : place.name;
    if (head) return group ? `${group.name}: ${group.members.length} ${data.types.row}` : `${data.types.row} in no set`;
    if (!group) return `${member.name} is in no set: it is checked nowhere`;
    const { marks, gaps } = reach(group);
    const [why, not] = [marks.get(columns[column]), gaps.get(columns[column])];
    if (why === undefined) {
      const reason = not === undefined ? "" : `: ${data.reasons[not]}`;
      return `${member.name} (${group.name}) is not checked in ${where}${reason}`;
    }
    return `${member.name} (${group.name}) is checked in ${where}: ${data.reasons[why]}`;
  };
  const point = () => {
    grid.querySelector(".active")?.classList.remove("active");
    const { row, column } = active;
    if (!rows.length || !columns.length) return;
    let cell = document.getElementById(column < 0 ? `name-${row}` : row < 0 ? `head-${column}` : `cell-${row}-${column}`);
    if (!cell && drawn.has(row) && column >= window_.left && column < window_.right) {
      cell = cellOf(row, column);
      drawn.get(row).append(cell);
    }
    if (cell) {
      cell.classList.add("active");
      grid.setAttribute("aria-activedescendant", cell.id);
    } else grid.removeAttribute("aria-activedescendant");
  };
  const go = (row, column) => {
    active = {
      row: Math.max(-1, Math.min(rows.length - 1, row)),
      column: Math.max(-1, Math.min(columns.length - 1, column)),
    };
    if (active.row < 0 && active.column < 0) active.column = 0;
    const top = active.row * HIGH, left = active.column * WIDE;
    if (active.row >= 0) {
      if (top < grid.scrollTop) grid.scrollTop = top;
      else if (top + HIGH + HEAD > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + HIGH + HEAD - grid.clientHeight;
    }
    if (active.column >= 0) {
      if (left < grid.scrollLeft) grid.scrollLeft = left;
      else if (left + WIDE + side > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = left + WIDE + side - grid.clientWidth;
    }
    draw();
    say(active.row, active.column);
  };
  const say = (row, column) => {
    if (row < 0) reason.textContent = data.columns[columns[column]].name;
    else if (column < 0) reason.textContent = (rows[row].member ?? rows[row].group ?? { name: "" }).name;
    else reason.textContent = told(row, column);
  };
  const follow = () => {
    const { row, column } = active;
    if (row < 0) return (location.href = address(data.types.column, data.columns[columns[column]].id));
    const { group, member, head } = rows[row];
    if (head || (column >= 0 && group)) group && (location.href = address(data.types.group, group.id));
    else if (member) location.href = address(data.types.row, member.id);
  };
  const PAGE = 10;
  const KEYS = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
    PageUp: [-PAGE, 0], PageDown: [PAGE, 0], Home: [0, -Infinity], End: [0, Infinity],
  };
  grid.addEventListener("keydown", (event) => {
    if (!data || !rows.length || !columns.length) return;
    if (event.key === "Enter") return follow();
    const step = KEYS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(active.row + step[0], active.column + step[1]);
  });
  grid.addEventListener("focus", () => data && rows.length && columns.length && (point(), say(active.row, active.column)));
  grid.addEventListener("pointermove", (event) => {
    const row = event.target.closest?.(".line");
    if (!row || !data) return;
    const box = grid.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - grid.clientLeft + grid.scrollLeft - side) / WIDE);
    const at = Number(row.getAttribute("aria-rowindex")) - 2;
    const covered = event.clientX - box.left < side;
    if (rows[at]) say(at, covered || column >= columns.length ? -1 : column);
  });
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest?.(".mark");
    if (!cell) return;
    go(Number(cell.dataset.row), Number(cell.dataset.column));
    follow();
  });
  let waiting = false;
  grid.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  });
  addEventListener("resize", () => data && all());
  filters.addEventListener("input", () => {
    if (!data) return;
    const query = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
    grid.scrollTop = grid.scrollLeft = 0;
    chosen();
    all();
  });
  filters.addEventListener("submit", (event) => event.preventDefault());
  fetch(grid.dataset.from)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`the server answered ${answer.status}`))))
    .then((found) => {
      data = found;
      chosen();
      all();
      grid.dataset.ready = "yes";
    })
    .catch((error) => (reason.textContent = `The matrix could not be loaded: ${error.message}. Load the page again.`));
})();
