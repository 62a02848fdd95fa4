/**
 * A table that sorts by its headings. Headings are buttons, so that a keyboard reaches them, and `aria-sort` tells
 * which one rules. Columns: {title, numeric}. A cell is a text, or {text, sort, kind}.
 */
export function fillTable(table, caption, columns, rows) {
  table.replaceChildren();
  table.createCaption().textContent = caption;
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  let sorted = { column: -1, way: 1 };
  const headings = columns.map((column, i) => {
    const heading = document.createElement('th');
    heading.scope = 'col';
    if (column.numeric) heading.className = 'numeric';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = column.title;
    button.addEventListener('click', () => {
      sorted = { column: i, way: sorted.column === i ? -sorted.way : 1 };
      draw();
    });
    heading.append(button);
    head.append(heading);
    return heading;
  });

  function draw() {
    headings.forEach((heading, i) => {
      if (i !== sorted.column) heading.removeAttribute('aria-sort');
      else heading.setAttribute('aria-sort', sorted.way > 0 ? 'ascending' : 'descending');
    });
    const order =
      sorted.column < 0 ? rows : [...rows].sort((a, b) => sorted.way * compare(a, b, sorted.column));
    body.replaceChildren(
      ...order.map((row) => {
        const line = document.createElement('tr');
        row.forEach((cell, i) => {
          const box = document.createElement(i === 0 ? 'th' : 'td');
          if (i === 0) box.scope = 'row';
          if (columns[i].numeric) box.className = 'numeric';
          box.textContent = typeof cell === 'object' ? cell.text : cell;
          if (cell.kind) box.dataset.kind = cell.kind;
          line.append(box);
        });
        return line;
      }),
    );
  }
  draw();
}

function compare(a, b, column) {
  const left = sortKey(a[column]);
  const right = sortKey(b[column]);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'en', { numeric: true });
}

function sortKey(cell) {
  return typeof cell === 'object' ? cell.sort : cell;
}
