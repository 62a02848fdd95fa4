/**
 * HTML by template: whatever is put in is escaped, unless it came out of a template itself. So no question, path or
 * label of an experiment can break the page or run in it.
 */

/** Text that is HTML already. Made by `html` and the two functions below, nowhere else. */
export interface Markup {
  readonly markup: string;
}
type Part = string | number | undefined | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text with the five special characters of HTML replaced; for text and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}

/** A piece of HTML; inserted strings and numbers are escaped, `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!;
  parts.forEach((part, i) => {
    text += partText(part) + strings[i + 1]!;
  });
  return { markup: text };
}

function partText(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  if ('markup' in part) return part.markup;
  return part.map((p) => p.markup).join('');
}

/** A `script` element that holds data as JSON. No `<` stands in it, so that nothing in the data can close it. */
export function jsonScript(id: string, value: unknown): Markup {
  const json = JSON.stringify(value).replaceAll('<', '\\u003c');
  return { markup: `<script type="application/json" id="${escapeHtml(id)}">${json}</script>` };
}

/** A `script` or `style` element around the page's own code; refuses code that would close the element. */
export function codeElement(tag: 'script' | 'style', code: string): Markup {
  if (new RegExp(`</${tag}`, 'i').test(code)) throw new Error(`the page's own ${tag} holds its closing tag`);
  return { markup: `<${tag}>\n${code}</${tag}>` };
}

/** A `script` element that holds base64, which needs no escaping, and is never run. */
export function packedScript(id: string, base64: string): Markup {
  return { markup: `<script type="application/gzip" id="${escapeHtml(id)}">${base64}</script>` };
}

/** Nothing is loaded, sent or framed; inline script and style are the page's own, images are made in the page. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; form-action 'none'";

/** The head of a page that stands alone: its title, the version of nowsim that wrote it, its style. */
export function pageHead(title: string, version: string, style: string): Markup {
  return html`<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="nowsim ${version}">
<title>${title} · nowsim</title>
${codeElement('style', style)}
</head>`;
}
