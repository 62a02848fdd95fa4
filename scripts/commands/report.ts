/** `nowsim report`: writes report.html anew from a results folder. */
import type { Argv, CommandModule } from 'yargs';
import { writeReportOf } from './run-options.ts';

interface ReportArguments {
  folder: string;
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
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'print {"report": path} and nothing else',
      })
      .example('$0 report results/runs/headline', 'after an update of nowsim') as Argv<ReportArguments>,
  handler: async ({ folder, json }) => {
    const report = await writeReportOf(folder);
    process.stdout.write(json ? `${JSON.stringify({ report })}\n` : `${report}\n`);
  },
};
