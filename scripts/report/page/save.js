/** Files that the reader takes from the page, and texts for the clipboard; nothing leaves the page for either. */

/** Saves a text as a file. */
export function saveText(name, type, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Rows of texts and numbers as CSV (RFC 4180). */
export function csvText(rows) {
  const cell = (value) => {
    const text = value === null ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/**
 * Copies the text of `box`; true where it worked. A page from a disk may be kept from the clipboard: then the text
 * is selected, so that the reader's own keys copy it.
 */
export async function copyText(box) {
  try {
    await navigator.clipboard.writeText(box.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(box);
    return document.execCommand('copy');
  }
}
