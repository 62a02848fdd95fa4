/**
 * A table that sorts by its headings. Headings are buttons, so that a keyboard reaches them, and `aria-sort` tells
 * which one rules. Columns: {title, numeric}. A cell is a text, or {text, sort, kind}; `sort: null` comes last.
 *
 * The heading that rules stands in the table's `data-sort` (a minus before it: downwards) and outlasts new rows.
 * Where `points` says which point each row is of, the first cell is a button that chooses it: `choose(point)` is
 * called, the row of `chosen` is marked, and beneath it stands what `detail(point)` makes.
 */
export function fillTable(table, caption, columns, rows, { points, chosen, choose, detail } = {}) {
  table.replaceChildren();
  table.createCaption().textContent = caption;
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  const headings = columns.map((column) => {
    const heading = document.createElement('th');
    heading.scope = 'col';
    if (column.numeric) heading.className = 'numeric';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = column.title;
    button.addEventListener('click', () => {
      const again = table.dataset.sort === column.title;
      table.dataset.sort = again ? `-${column.title}` : column.title;
      draw();
      table.dispatchEvent(new Event('change', { bubbles: true }));
    });
    heading.append(button);
    head.append(heading);
    return heading;
  });

  function draw() {
    const sort = table.dataset.sort ?? '';
    const rule = columns.findIndex(({ title }) => title === sort || `-${title}` === sort);
    const way = rule >= 0 && columns[rule].title === sort ? 1 : -1;
    headings.forEach((heading, i) => {
      if (i !== rule) heading.removeAttribute('aria-sort');
      else heading.setAttribute('aria-sort', way > 0 ? 'ascending' : 'descending');
    });
    const order = rows.map((row, i) => ({ row, point: points?.[i] }));
    if (rule >= 0) order.sort((a, b) => compare(a.row[rule], b.row[rule], way));
    body.replaceChildren(
      ...order.flatMap(({ row, point }) => {
        const line = lineOf(row, point);
        return point !== undefined && point === chosen && detail ? [line, detailOf(point)] : [line];
      }),
    );
  }

  function lineOf(row, point) {
    const line = document.createElement('tr');
    row.forEach((cell, i) => {
      const box = document.createElement(i === 0 ? 'th' : 'td');
      if (i === 0) box.scope = 'row';
      if (columns[i].numeric) box.className = 'numeric';
      const text = typeof cell === 'object' ? cell.text : cell;
      if (i === 0 && point !== undefined) box.append(pointButton(text, point));
      else box.textContent = text;
      if (cell.kind) box.dataset.kind = cell.kind;
      line.append(box);
    });
    if (point === undefined) return line;
    line.dataset.point = String(point);
    if (point === chosen) line.dataset.chosen = '';
    line.addEventListener('click', (event) => {
      // Text of a row can be selected without choosing it.
      if (event.target.closest('button') === null && String(getSelection()) === '') choose(point);
    });
    return line;
  }

  function pointButton(text, point) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'pick';
    button.textContent = text;
    button.title = 'mark this point, and show how to repeat it';
    button.setAttribute('aria-expanded', String(point === chosen));
    button.addEventListener('click', () => choose(point));
    return button;
  }

  function detailOf(point) {
    const line = document.createElement('tr');
    line.className = 'detail';
    const box = line.insertCell();
    box.colSpan = columns.length;
    box.append(detail(point));
    return line;
  }

  draw();
}

function compare(a, b, way) {
  const left = sortKey(a);
  const right = sortKey(b);
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === 'number' && typeof right === 'number') return way * (left - right);
  return way * String(left).localeCompare(String(right), 'en', { numeric: true });
}

function sortKey(cell) {
  return typeof cell === 'object' ? cell.sort : cell;
}
