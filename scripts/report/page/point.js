/** One point of the sweep: what repeats it, what that comes to, and where its runs lie. */
import { copyText } from './save.js';

/**
 * What stands beneath the row of point `k`. `sections` of the page show one point, by {id, control, name};
 * `visit(section)` goes there with this one chosen.
 */
export function pointDetail(data, k, sections, visit) {
  const { command, runs, timeline } = data.points[k];
  const box = document.createElement('div');
  box.className = 'repeat';
  const code = element('code', command);
  const says = element('span', '');
  says.setAttribute('role', 'status');
  const copy = element('button', 'Copy command');
  copy.type = 'button';
  copy.addEventListener('click', async () => {
    const copied = await copyText(code);
    says.textContent = copied ? 'copied' : 'select the command and copy it with your keys';
  });
  box.append(paragraph('This point alone: ', code), paragraph(copy, ' ', says));
  if (runs !== null) {
    const [first, last] = runs.lines;
    const lines = first === last ? `line ${first}` : `lines ${first} to ${last}`;
    box.append(
      paragraph(
        'It prints digest ',
        element('code', runs.digest),
        ' where program, file and traces are as they were. First run’s address: ',
        element('code', runs.cell),
        '.',
      ),
      paragraph(
        'Its runs: ',
        link('rows.jsonl', 'rows.jsonl'),
        `, ${lines}.`,
        ...(timeline
          ? [' The first over time: ', link(`timelines/point-${k}.json`, `point-${k}.json`), '.']
          : []),
      ),
    );
  }
  if (sections.length > 0) {
    const links = sections.flatMap((section, i) => {
      const place = link(`#${section.id}?${section.control}=${k}`, section.name);
      place.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        visit(section);
      });
      return i === 0 ? [place] : [', ', place];
    });
    box.append(paragraph('In this page: ', ...links, '.'));
  }
  return box;
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function paragraph(...parts) {
  const made = document.createElement('p');
  made.append(...parts);
  return made;
}

function link(address, text) {
  const made = element('a', text);
  made.href = address;
  return made;
}
