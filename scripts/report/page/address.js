/**
 * What the reader has chosen stands in the address, after its `#`: the section, then every control that is not as
 * the page opens. So a bookmark or a copied address opens the same view, and Back undoes.
 *
 * Kept is what has a `data-key`: selects and hidden inputs by value, boxes by on and off, tables by what sorts them.
 */
const stateOf = (control) => {
  if (control.tagName === 'TABLE') return control.dataset.sort ?? '';
  return control.type === 'checkbox' ? (control.checked ? 'on' : 'off') : control.value;
};

function setValue(control, value) {
  if (control.tagName === 'TABLE') control.dataset.sort = value;
  else if (control.type === 'checkbox') control.checked = value === 'on';
  else if (control.tagName !== 'SELECT') control.value = value;
  else if ([...control.options].some((option) => option.value === value)) control.value = value;
}

/**
 * Keeps the address. `restore()` is called after controls were set from it: on `open()`, and when the reader goes
 * back or edits the address. `note(section)` writes it (null: the section stays), as a step that Back undoes unless
 * `quietly`. Where what a control normally has depends on others, `settle()` sets it and says so in `data-normal`;
 * a control that the address names has `data-given`.
 */
export function addressKeeper(settle, restore) {
  const controls = [...document.querySelectorAll('[data-key]')];
  const first = new Map(controls.map((control) => [control, stateOf(control)]));
  const normal = (control) => control.dataset.normal ?? first.get(control);
  let section = '';

  function text() {
    const words = new URLSearchParams();
    for (const control of controls) {
      const value = stateOf(control);
      if (value !== normal(control)) words.set(control.dataset.key, value);
    }
    const state = words.toString();
    return `#${section}${state === '' ? '' : `?${state}`}`;
  }

  function read() {
    const [place, state = ''] = location.hash.slice(1).split('?', 2);
    const words = new URLSearchParams(state);
    const given = controls.filter((control) => words.has(control.dataset.key));
    for (const control of controls) {
      setValue(control, first.get(control));
      delete control.dataset.given;
    }
    for (const control of given) control.dataset.given = '';
    for (const control of given) setValue(control, words.get(control.dataset.key));
    settle();
    for (const control of given) {
      if (control.dataset.normal !== undefined) setValue(control, words.get(control.dataset.key));
    }
    const moved = place !== section;
    section = place;
    restore();
    if (moved) show();
  }

  function show() {
    const box = section === '' ? null : document.getElementById(section);
    if (box === null) return;
    box.scrollIntoView();
    // As after a link of the page's own, the keyboard goes on from there.
    box.tabIndex = -1;
    box.focus({ preventScroll: true });
  }

  function note(place, quietly = false) {
    section = place ?? section;
    if (text() === location.hash) return;
    // A browser may refuse so many steps at once; the view is right without them.
    try {
      if (quietly) history.replaceState(null, '', text());
      else history.pushState(null, '', text());
    } catch {
      // the address stays as it was
    }
  }

  addEventListener('popstate', read);
  return {
    note,
    open: read,
    show,
    /** Goes to a section as a link would. */
    go: (place) => {
      note(place);
      show();
    },
  };
}
