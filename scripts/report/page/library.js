/** What a page carries packed: its chart library, and data. */

/** Gzip in base64, as the page was packed, back to bytes. */
export async function unpackBytes(id) {
  const text = atob(document.getElementById(id).textContent);
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The same to text. */
export async function unpack(id) {
  return new TextDecoder().decode(await unpackBytes(id));
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
