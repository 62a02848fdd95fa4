/** The head of the page: the question, the verdict, and what it takes to get the same again. */
import { isMap, type Value } from '../../sim/experiment/fields.ts';
import { computedText } from '../provenance/computed.ts';
import { commandText } from '../terminal.ts';
import { html, type Markup } from './markup.ts';
import type { Results } from './results.ts';
import { capital, verdict } from './verdict.ts';

/** Keys of the manifest that the head or the record show in their own way. */
const SHOWN = new Set([
  'nowsim',
  'name',
  'digest',
  'node',
  'machine',
  'started',
  'wall_s',
  'peak_memory_bytes',
  'command',
  'experiment',
  'inputs',
  'presets',
  'points',
]);

/** Title, verdict, version, date, command and digest; other plain facts of the manifest by their own names. */
export function header(results: Results): Markup {
  const { summary, manifest } = results;
  const { headline, sentences } = verdict(results);
  const others = Object.entries(manifest).filter(([key, value]) => !SHOWN.has(key) && !isMap(value));
  const rows: [string, Markup | undefined][] = [
    ['Version', joined(`nowsim ${text(manifest['nowsim'])}`, text(manifest['node']))],
    ['Machine', joined(machineText(manifest['machine']))],
    [
      'Run',
      joined(
        dateText(manifest['started']),
        computedText(manifest),
        memoryText(manifest['peak_memory_bytes']),
      ),
    ],
    ...others.map(([key, value]): [string, Markup | undefined] => [
      capital(key.replaceAll('_', ' ')),
      joined(text(value)),
    ]),
    ['Repeat', commandMarkup(manifest['command'])],
    ['Digest', summary.digest === '' ? undefined : html`<code>${summary.digest}</code>`],
  ];
  return html`<header>
<p class="kicker">nowsim experiment <b>${summary.experiment}</b></p>
<h1>${summary.question === '' ? summary.experiment : summary.question}</h1>
<div class="verdict"><strong>${headline}</strong> ${sentences.map((s) => html`<span>${s} </span>`)}</div>
<dl class="facts">${rows.flatMap(([name, value]) => (value === undefined ? [] : [html`<dt>${name}</dt><dd>${value}</dd>`]))}</dl>
</header>`;
}

function text(value: Value | undefined): string {
  return value === undefined || value === null ? '' : String(value);
}

function joined(...parts: readonly string[]): Markup | undefined {
  const present = parts.filter((part) => part.trim() !== '');
  return present.length === 0 ? undefined : html`${present.join(' · ')}`;
}

/** One text, or the texts of a map. */
function machineText(machine: Value | undefined): string {
  return isMap(machine) ? Object.values(machine).map(text).join(', ') : text(machine);
}

function dateText(started: Value | undefined): string {
  const date = typeof started === 'string' || typeof started === 'number' ? new Date(started) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) return '';
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function memoryText(bytes: Value | undefined): string {
  return typeof bytes === 'number' ? `at most ${Math.round(bytes / 1024 ** 2)} MiB` : '';
}

/** The command word by word, so that a line breaks between words and not inside `--set`. */
function commandMarkup(command: Value | undefined): Markup | undefined {
  const words = Array.isArray(command)
    ? ['npx', ...(command as readonly Value[]).map((word) => commandText([text(word)]))]
    : text(command).split(' ').filter(Boolean);
  if (words.length === 0) return undefined;
  const spans = words.map((word, i) => html`${i === 0 ? '' : ' '}<span class="word">${word}</span>`);
  return html`<code>${spans}</code>, or <code>npx nowsim rerun manifest.json</code> with the file beside this one`;
}
