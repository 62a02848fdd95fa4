/**
 * Results as a research object: `ro-crate-metadata.json` of RO-Crate 1.1 with the profile Process Run Crate 0.5: the
 * files, the program that made them, what it read, when.
 * Source: https://w3id.org/ro/wfrun/process (profile), https://w3id.org/ro/crate/1.1 (format).
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { statOf } from '../../sim/experiment/files.ts';
import { type Results, textAt, tracesOf } from './results.ts';

type Entity = Readonly<Record<string, unknown>>;

const WHAT: Readonly<Record<string, readonly [description: string, format: string]>> = {
  'rows.jsonl': ['one line for every run: parameters, measures, counts, digest', 'application/jsonl'],
  'summary.json': ['means with 95 % intervals, paired differences', 'application/json'],
  'summary.csv': ['means with 95 % intervals, tidy', 'text/csv'],
  'manifest.json': [
    'version, settled scenario, inputs and digest: what "nowsim rerun" repeats',
    'application/json',
  ],
  'report.html': ['the results to look at', 'text/html'],
};

/** The metadata of a results folder as JSON text; its license is that of the program's results: none is claimed. */
export function crateText({ folder, manifest, summary }: Results): string {
  const files = readdirSync(folder).filter((name) => WHAT[name] !== undefined);
  const started = textAt(manifest, 'started');
  const seconds = Number(textAt(manifest, 'wall_s'));
  const ended = new Date(Date.parse(started) + 1000 * seconds).toISOString();
  const traces = tracesOf(manifest);
  const reference = (id: string) => ({ '@id': id });
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
      datePublished: ended.slice(0, 10),
      license: 'Not stated by nowsim; that of the experiment applies.',
      conformsTo: reference('https://w3id.org/ro/wfrun/process/0.5'),
      hasPart: [...files, ...traces.map(({ path }) => traceId(path))].map(reference),
      mentions: reference('#run'),
    },
    {
      '@id': 'https://w3id.org/ro/wfrun/process/0.5',
      '@type': 'CreativeWork',
      name: 'Process Run Crate',
      version: '0.5',
    },
    {
      '@id': '#nowsim',
      '@type': 'SoftwareApplication',
      name: 'nowsim',
      description: 'a discrete-event simulator of a network of workstations',
      softwareVersion: textAt(manifest, 'nowsim'),
      softwareRequirements: textAt(manifest, 'node'),
    },
    {
      '@id': '#run',
      '@type': 'CreateAction',
      name: `run of the experiment ${summary.experiment}`,
      instrument: reference('#nowsim'),
      object: traces.map(({ path }) => reference(traceId(path))),
      result: files.map(reference),
      startTime: started,
      endTime: ended,
      actionStatus: reference('http://schema.org/CompletedActionStatus'),
      description: commandOf(manifest),
    },
    ...files.map((name) => ({
      '@id': name,
      '@type': 'File',
      description: WHAT[name]![0],
      encodingFormat: WHAT[name]![1],
      contentSize: String(statOf(join(folder, name))?.size ?? 0),
    })),
    // Traces stay where they are: their providers say who may pass them on.
    ...traces.map(({ path, sha256 }) => ({
      '@id': traceId(path),
      '@type': 'File',
      name: basename(path),
      sha256,
      description: 'a trace that the runs read; not part of this folder',
    })),
  ];
  return `${JSON.stringify({ '@context': 'https://w3id.org/ro/crate/1.1/context', '@graph': graph }, null, 2)}\n`;
}

function traceId(path: string): string {
  return `#trace-${encodeURIComponent(basename(path))}`;
}

function commandOf(manifest: Results['manifest']): string {
  const { command } = manifest;
  return Array.isArray(command) ? command.map(String).join(' ') : '';
}
