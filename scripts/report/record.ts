/**
 * The record of a run for its reader: which preset numbers were used and how good they are, which inputs were
 * read, what the run had to say. Taken from the manifest; what it does not hold is left out.
 */
import { stringify } from 'yaml';
import { isMap, type Plain, type Value } from '../../sim/experiment/fields.ts';
import { pointLabel } from './data.ts';
import { html, type Markup } from './markup.ts';
import type { Results } from './results.ts';

/** A preset's number with its source, as the settled scenario carries it. */
export interface Fact {
  /** Where in `presets` it stands: "machine.prices.syscall". */
  readonly path: string;
  readonly value: string;
  readonly unit: string;
  readonly fact: string;
  /** measured, derived, same-family, recalled, borrowed, assumed. */
  readonly quality: string;
}

/**
 * Every number below `presets` that carries a source, in the order in which it stands. Where points use different
 * presets the manifest keys them by point (`cluster.os=free`); what they share is listed once.
 */
export function factsOf(presets: Value | undefined): Fact[] {
  const byPoint = isMap(presets) && Object.keys(presets).every((key) => key.includes('='));
  const all = (byPoint ? Object.values(presets) : [presets]).flatMap((each) => walk(each, ''));
  return [...new Map(all.map((fact) => [JSON.stringify(fact), fact])).values()];
}

function walk(presets: Value | undefined, path: string): Fact[] {
  if (Array.isArray(presets)) {
    return (presets as readonly Value[]).flatMap((each, i) => walk(each, `${path}[${i}]`));
  }
  if (!isMap(presets)) return [];
  const { value, unit, fact, quality } = presets;
  if (value !== undefined && typeof quality === 'string') {
    return [{ path, value: numberText(value), unit: String(unit ?? ''), fact: String(fact ?? ''), quality }];
  }
  return Object.entries(presets).flatMap(([key, each]) => walk(each, path === '' ? key : `${path}.${key}`));
}

function numberText(value: Value): string {
  return typeof value === 'number'
    ? String(Number(value.toPrecision(6)))
    : JSON.stringify(value).replaceAll('"', '');
}

export interface Input {
  readonly path: string;
  readonly sha256: string;
  readonly records: string;
}

/** Traces that were read, with their digests and record counts. */
export function inputsOf(inputs: Value | undefined): Input[] {
  if (!isMap(inputs)) return [];
  return Object.entries(inputs).map(([path, about]) => {
    const { sha256, records, ...rest } = isMap(about) ? about : ({} as Plain);
    const more = Object.entries(rest).filter(([, v]) => typeof v === 'number' && v > 0);
    const text = [
      records === undefined ? [] : [recordText(records)],
      more.map(([name, v]) => `${name.replaceAll('_', ' ')} ${v}`),
    ].flat();
    return { path, sha256: String(sha256 ?? ''), records: text.join(', ') };
  });
}

/** A record count, or several by what became of them. */
function recordText(records: Value): string {
  if (!isMap(records)) return typeof records === 'number' ? records.toLocaleString('en-US') : String(records);
  return Object.entries(records)
    .filter(([, v]) => v !== 0 && !(isMap(v) && recordText(v) === ''))
    .map(([name, v]) => `${name.replaceAll('_', ' ')} ${isMap(v) ? recordText(v) : v}`)
    .join(', ');
}

/** The last section: notes, counts, inputs, presets with their sources, the settled experiment. */
export function recordSection(results: Results): Markup {
  const { manifest, summary } = results;
  const presets = factsOf(manifest['presets']);
  const inputs = inputsOf(manifest['inputs']);
  return html`<section id="record" aria-labelledby="record-title">
<h2 id="record-title">Record of the run</h2>
${summary.notes.length === 0 ? undefined : html`<h3>Notes</h3><ul class="notes">${summary.notes.map((n) => html`<li>${n}</li>`)}</ul>`}
${inputs.length === 0 ? undefined : inputsMarkup(inputs)}
${results.runs.length === 0 ? undefined : countsMarkup(results)}
${presets.length === 0 ? undefined : presetsMarkup(presets)}
${isMap(manifest['experiment']) ? experimentMarkup(manifest['experiment']) : undefined}
</section>`;
}

function scrollBox(label: string, content: Markup): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}

function inputsMarkup(inputs: readonly Input[]): Markup {
  const rows = inputs.map(
    (i) =>
      html`<tr><th scope="row">${i.path}</th><td>${i.records}</td><td class="hash"><code>${i.sha256}</code></td></tr>`,
  );
  const heads = html`<tr><th scope="col">file</th><th scope="col">records</th><th scope="col">sha256</th></tr>`;
  const table = html`<table id="inputs"><thead>${heads}</thead><tbody>${rows}</tbody></table>`;
  return html`<details open><summary>Inputs (${inputs.length})</summary>${scrollBox('inputs', table)}</details>`;
}

/** What became of the jobs, by point. */
function countsMarkup(results: Results): Markup {
  const names = [...new Set(results.runs.flatMap((runs) => Object.keys(runs?.counts ?? {})))];
  const rows = results.runs.map((runs, k) => {
    const cells = names.map(
      (name) => html`<td class="numeric">${(runs?.counts[name] ?? 0).toLocaleString('en-US')}</td>`,
    );
    return html`<tr><th scope="row">${pointLabel(results.summary.points[k]!.params)}</th>${cells}</tr>`;
  });
  const heads = names.map((name) => html`<th scope="col" class="numeric">${name.replaceAll('_', ' ')}</th>`);
  const table = html`<table id="counts"><caption>Sums over all replications of a point</caption><thead><tr><th scope="col">point</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`;
  return html`<details><summary>Jobs and events counted</summary>${scrollBox('counts', table)}</details>`;
}

function presetsMarkup(presets: readonly Fact[]): Markup {
  const tally = new Map<string, number>();
  for (const { quality } of presets) tally.set(quality, (tally.get(quality) ?? 0) + 1);
  const qualities = [...tally].map(([quality, n]) => `${n} ${quality}`).join(', ');
  const rows = presets.map(
    (f) =>
      html`<tr><th scope="row">${f.path}</th><td class="numeric">${f.value}</td><td>${f.unit}</td><td>${f.quality}</td><td><code>${f.fact}</code></td></tr>`,
  );
  const heads = html`<tr><th scope="col">number</th><th scope="col" class="numeric">value</th><th scope="col">unit</th><th scope="col">quality</th><th scope="col">row of sources.csv</th></tr>`;
  const table = html`<table id="presets"><thead>${heads}</thead><tbody>${rows}</tbody></table>`;
  return html`<details><summary>Numbers of presets and their sources (${presets.length}: ${qualities})</summary>${scrollBox('numbers of presets', table)}</details>`;
}

/** The experiment as a file that `nowsim run` takes; defaults are filled in. */
function experimentMarkup(experiment: Plain): Markup {
  return html`<details><summary>The settled scenario</summary><pre tabindex="0" id="scenario">${stringify(experiment, { lineWidth: 0 })}</pre></details>`;
}
