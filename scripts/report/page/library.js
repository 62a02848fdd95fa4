/** What a page carries packed: its chart library, and data. */

/** Gzip in base64, as the page was packed, back to text. */
export async function unpack(id) {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

/** Makes the chart library of its code. */
export function startLibrary(code) {
  const script = document.createElement('script');
  script.textContent = code;
  document.head.append(script);
  return window.Plotly;
}

/** Tells the reader why there is no chart. */
export function showTrouble(error) {
  document.body.dataset.state = 'failed';
  const trouble = document.getElementById('trouble');
  trouble.hidden = false;
  trouble.textContent = `The charts could not be drawn (${error.message}). The tables are complete. A browser of 2023 or later is needed: Chrome 80, Firefox 113, Safari 16.4.`;
}
