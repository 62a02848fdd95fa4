/** `nowsim schema`: the JSON Schema of experiment files, for editors. */
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../../sim/problem.ts';

interface SchemaArguments {
  out?: string;
}

export const schemaCommand: CommandModule<object, SchemaArguments> = {
  builder: (yargs) =>
    yargs
      .usage(
        '$0 schema\n\nPrints the JSON Schema with which editors complete and check experiment files. A file names it in its ' +
          'first line: # yaml-language-server: $schema=./experiment.schema.json',
      )
      .option('out', { type: 'string', requiresArg: true, describe: 'write it to this file instead' })
      .option('json', { type: 'boolean', describe: 'as always: the schema is JSON' })
      .example(
        '$0 schema --out experiment.schema.json',
        'beside your experiments',
      ) as unknown as Argv<SchemaArguments>,
  handler: async ({ out }) => {
    const { study } = await import('../study.ts');
    const { experimentSchema } = await import('../../sim/experiment/schema.ts');
    const text = `${JSON.stringify(experimentSchema(study), null, 2)}\n`;
    if (out === undefined) {
      process.stdout.write(text);
      return;
    }
    const { writeWhole } = await import('../../sim/experiment/files.ts');
    try {
      writeWhole(out, text);
    } catch (error) {
      throw new InputError({
        where: `--out ${out}`,
        found: `cannot be written (${(error as NodeJS.ErrnoException).code})`,
        would: 'give the path of a file in a folder that is there',
      });
    }
    process.stdout.write(`${out}\n`);
  },
};
