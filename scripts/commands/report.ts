/** `nowsim report`: writes report.html anew from a results folder. */
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../../sim/problem.ts';
import { parseBytes, UnitError } from '../../sim/units.ts';
import { once, writeReportOf } from './run-options.ts';

interface ReportArguments {
  folder: string;
  histories?: string | string[];
  json: boolean;
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  builder: (yargs) =>
    yargs
      .usage('$0 report <folder>\n\nWrites report.html from the results that are there; runs nothing.')
      .positional('folder', {
        type: 'string',
        demandOption: true,
        describe: 'a folder that "nowsim run" wrote',
      })
      .option('histories', {
        type: 'string',
        requiresArg: true,
        describe:
          'room in the page for what nodes and jobs did, all points together (default 10MB); what does not fit ends early',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {"report": path} and nothing else',
      })
      .example('$0 report results/runs/headline', 'after an update of nowsim')
      .example(
        '$0 report results/runs/large --histories 50MB',
        'a long run of many nodes, whole',
      ) as Argv<ReportArguments>,
  handler: async ({ folder, histories, json }) => {
    const report = await writeReportOf(folder, sizeAsked(once('histories', histories)));
    process.stdout.write(json ? `${JSON.stringify({ report })}\n` : `${report}\n`);
  },
};

/** Bytes; undefined where none are given. Throws `InputError` where the text is no size. */
function sizeAsked(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseBytes(text);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    throw new InputError({
      where: `--histories ${text}`,
      found: error.message,
      would: 'give a size such as 50MB',
    });
  }
}
