/**
 * Results as a research object: `ro-crate-metadata.json` of RO-Crate 1.1 with the profile Process Run Crate 0.5: the
 * files, the program that made them, what it read, when.
 * Source: https://w3id.org/ro/wfrun/process (profile), https://w3id.org/ro/crate/1.1 (format).
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { statOf } from '../../sim/experiment/files.ts';
import { computedSpan } from './computed.ts';
import { type Results, textAt } from './results.ts';
import { type PlacedTrace, placedTraces } from './traces.ts';

const PROFILE = 'https://w3id.org/ro/wfrun/process/0.5';
/** The second has the terms of the profile, of which sha256 is used. */
const CONTEXT = ['https://w3id.org/ro/crate/1.1/context', 'https://w3id.org/ro/terms/workflow-run/context'];

type Entity = Readonly<Record<string, unknown>>;

/** Files that a crate tells of. */
const WHAT: Readonly<Record<string, readonly [description: string, format: string]>> = {
  'rows.jsonl': ['one line for every run: parameters, measures, counts, digest', 'application/jsonl'],
  'summary.json': ['means with 95 % intervals, paired differences', 'application/json'],
  'summary.csv': ['means with 95 % intervals, tidy', 'text/csv'],
  'manifest.json': [
    'version, settled scenario, inputs and digest: what "nowsim rerun" repeats',
    'application/json',
  ],
  'report.html': ['the results to look at', 'text/html'],
  'CLAIMS.md': ['claims with command, expected value, tolerance and time', 'text/markdown'],
  'ACKNOWLEDGEMENTS.md': ['the traces that were used, and to whom they are owed', 'text/markdown'],
  'STRESS-DES.md': ['the checklist of Monks et al. for simulation studies', 'text/markdown'],
  'traces.sha256': ['digests of the traces', 'text/plain'],
  LICENSE: ['licence of nowsim', 'text/plain'],
};
/** What was written about the results after the run. */
const ABOUT = new Set(['CLAIMS.md', 'ACKNOWLEDGEMENTS.md', 'STRESS-DES.md', 'traces.sha256', 'LICENSE']);

/** What is known of a crate beside its results folder. */
interface Special {
  /** Where its files lie; else in the results folder. */
  readonly folder?: string;
  readonly traces?: readonly PlacedTrace[];
  /** Names of those who ran it. */
  readonly authors?: readonly string[];
}

/** The metadata of a folder as JSON text. Whose it is and under which licence is the authors' to say. */
export function crateText({ folder, manifest, summary }: Results, special: Special = {}): string {
  const lies = special.folder ?? folder;
  const traces = special.traces ?? placedTraces(manifest);
  const authors = special.authors ?? [];
  const files = readdirSync(lies).filter((name) => WHAT[name] !== undefined);
  const results = files.filter((name) => !ABOUT.has(name));
  const { from, to } = computedSpan(manifest);
  const isHere = ({ place }: PlacedTrace) => statOf(join(lies, place)) !== undefined;
  const reference = (id: string) => ({ '@id': id });
  const people = authors.map((_, i) => reference(`#author-${i + 1}`));
  const graph: Entity[] = [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      conformsTo: reference('https://w3id.org/ro/crate/1.1'),
      about: reference('./'),
    },
    {
      '@id': './',
      '@type': 'Dataset',
      name: `${summary.experiment}: results`,
      description: summary.question,
      datePublished: to.slice(0, 10),
      license: reference('#licence'),
      conformsTo: reference(PROFILE),
      hasPart: [...files, ...traces.filter(isHere).map(({ place }) => place)].map(reference),
      mentions: reference('#run'),
      ...(people.length === 0 ? {} : { author: people }),
    },
    { '@id': PROFILE, '@type': 'CreativeWork', name: 'Process Run Crate', version: '0.5' },
    {
      '@id': '#licence',
      '@type': 'CreativeWork',
      name: 'not stated',
      description:
        'The authors have yet to say under which licence these results are. nowsim has the MIT licence.',
    },
    {
      '@id': '#nowsim',
      '@type': 'SoftwareApplication',
      name: 'nowsim',
      description: 'a discrete-event simulator of a network of workstations',
      softwareVersion: textAt(manifest, 'nowsim'),
      softwareRequirements: textAt(manifest, 'node'),
      license: 'https://spdx.org/licenses/MIT',
    },
    ...authors.map((name, i) => ({ '@id': `#author-${i + 1}`, '@type': 'Person', name })),
    {
      '@id': '#run',
      '@type': 'CreateAction',
      name: `run of the experiment ${summary.experiment}`,
      description: commandOf(manifest),
      ...(people.length === 0 ? {} : { agent: people }),
      instrument: reference('#nowsim'),
      object: [...traces.map((trace) => reference(idOf(trace, isHere(trace)))), reference('#experiment')],
      result: results.map(reference),
      startTime: from,
      endTime: to,
      // A run that failed or was interrupted has no summary, and so no crate.
      actionStatus: reference('http://schema.org/CompletedActionStatus'),
    },
    {
      '@id': '#experiment',
      '@type': 'PropertyValue',
      name: 'experiment',
      value: summary.experiment,
      description: 'every setting stands in manifest.json',
    },
    ...files.map((name) => ({
      '@id': name,
      '@type': 'File',
      name,
      description: WHAT[name]![0],
      encodingFormat: WHAT[name]![1],
      contentSize: String(statOf(join(lies, name))?.size ?? 0),
    })),
    ...traces.map((trace) => ({
      '@id': idOf(trace, isHere(trace)),
      '@type': isHere(trace) ? 'File' : 'CreativeWork',
      name: basename(trace.path),
      sha256: trace.sha256,
      description: isHere(trace)
        ? 'a trace that the runs read'
        : 'a trace that the runs read; not part of this folder: its providers say who may pass it on',
    })),
  ];
  return `${JSON.stringify({ '@context': CONTEXT, '@graph': graph }, null, 2)}\n`;
}

/** A file of the crate by its path; another by a name. */
function idOf({ place }: PlacedTrace, isHere: boolean): string {
  return isHere ? place : `#${encodeURIComponent(basename(place))}`;
}

function commandOf(manifest: Results['manifest']): string {
  const { command } = manifest;
  return Array.isArray(command) ? command.map(String).join(' ') : '';
}
