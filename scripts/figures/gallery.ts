/** The gallery: a page with every figure that has been built, its question, claim, verdict, command and time. */
import { relative } from 'node:path';
import { capital } from '../report/verdict.ts';
import type { About } from './build.ts';
import { sentence } from './figure.ts';

/** The page as Markdown; `folder` is where the figures lie, seen from the page. */
export function galleryText(abouts: readonly About[], page: string, figures: string): string {
  const at = (about: About, file: string) =>
    `${relative(page, figures).replaceAll('\\', '/') || '.'}/${about.name}/${file}`;
  return [
    '# Figures',
    '',
    'Written by `nowsim figure`. Each figure is a folder: its data (`data.csv`), the published points that are drawn in',
    '(`published.csv`), the experiment where it has one (`experiment.yaml`), the picture (`picture.svg`, `.png`, `.pdf`).',
    '`nowsim figure NAME` also writes `picture.html`, 2.6 MB, to open in a browser: the numbers of each mark, zoom, the table.',
    'The verdict is computed from the data. `nowsim figure all --check` computes all of them again and fails where a',
    'number has drifted.',
    '',
    '| figure | claim | verdict |',
    '| --- | --- | --- |',
    ...abouts.map((a) => `| [${a.title}](#${anchor(a.title)}) | ${a.claim} | ${a.holds} |`),
    '',
    ...abouts.flatMap((a) => [
      `## ${a.title}`,
      '',
      `**Question.** ${a.question}`,
      '',
      `![${a.title}](${at(a, 'picture.png')})`,
      '',
      `**Claim.** ${a.claim} (${a.claim_source})`,
      '',
      `**${capital(a.holds)}:** ${sentence(a.because)}`,
      '',
      ...a.notes.map((note) => `* ${note}`),
      '',
      `\`${a.command}\`, about ${a.seconds} s · [data](${at(a, 'data.csv')}) · [SVG](${at(a, 'picture.svg')}) · [PDF](${at(a, 'picture.pdf')})`,
      '',
    ]),
  ].join('\n');
}

/** The anchor that Markdown makes of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
