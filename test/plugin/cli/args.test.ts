import t from 'tap';
import { COMMANDS } from '../../../plugin/commands/index.ts';
import { run } from '../run.ts';

t.test('flags of kubectl in all their spellings', async (t) => {
  for (const args of [
    ['version', '-o', 'json'],
    ['version', '-ojson'],
    ['version', '-o=json'],
    ['version', '--output=json'],
    ['-n', 'x', 'version', '--output', 'json'],
    ['--namespace=x', 'version', '-ojson'],
  ]) {
    const { code, out, err } = await run(args);
    t.equal(code, 0, args.join(' '));
    t.match(out, /"gitVersion": "v/);
    t.equal(err, '');
  }
});

t.test('mistakes are said as kubectl says them', async (t) => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['promote', '--foo'], 'error: unknown flag: --foo'],
    [['promote', '-x'], "error: unknown shorthand flag: 'x' in -x"],
    [['promote', '--to'], 'error: flag needs an argument: --to'],
    [['status', '-o'], "error: flag needs an argument: 'o' in -o"],
    [['promote', '--to', 'red'], 'error: invalid argument "red" for "--to" flag: must be one of: "blue", "green"'],
    [
      ['promote', '--dry-run=maybe'],
      'error: invalid argument "maybe" for "--dry-run" flag: must be one of: "none", "server", "client"',
    ],
    [['status', 'a', 'b'], 'error: at most 1 argument, received 2'],
    [['version', 'x'], 'error: unexpected argument "x"'],
    [['status', 'pod/x'], 'error: "pod" is not a resource type that can be switched: expected traefikservice/NAME'],
    [['status', 'A_B'], 'error: invalid name "A_B": expected NAME or traefikservice/NAME'],
    [
      ['status', '-o', 'xml'],
      'error: unable to match a printer suitable for the output format "xml", allowed formats are: custom-columns, custom-columns-file, go-template, go-template-file, json, jsonpath, jsonpath-as-json, jsonpath-file, name, wide, yaml',
    ],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await run(args, { files: { '/home/user/.kube/config': '' } });
    t.equal(code, 1, args.join(' '));
    t.equal(out, '');
    t.equal(err, `${message}\nSee 'kubectl bluegreen ${args[0]} --help' for usage.\n`);
  }
});

t.test('words that people may know from elsewhere lead on', async (t) => {
  for (const [word, meant] of [
    ['undo', 'rollback'],
    ['abort', 'rollback'],
    ['get', 'status'],
    ['statsu', 'status'],
    ['promot', 'promote'],
  ] as const) {
    const { code, err } = await run([word]);
    t.equal(code, 1);
    t.match(err, `error: unknown command "${word}" for "kubectl bluegreen"`);
    t.match(err, new RegExp(`Did you mean this\\?\\n(?:\\t\\w+\\n)*\\t${meant}\\n`));
  }
});

t.test('help', async (t) => {
  const main = await run([]);
  t.equal(main.code, 0);
  t.equal((await run('--help')).out, main.out);
  t.equal((await run('help')).out, main.out);
  for (const command of COMMANDS) {
    const help = await run([command.name, '--help']);
    t.equal(help.code, 0);
    t.equal((await run(['help', command.name])).out, help.out);
    t.match(help.out, `Usage:\n  kubectl bluegreen ${command.name}`);
    if (!command.hidden) t.match(main.out, new RegExp(`^  ${command.name} +${command.summary.slice(0, 5)}`, 'm'));
    for (const example of command.examples) t.match(help.out, example.command);
  }
});

t.test('the table of commands is in order', async (t) => {
  const names = COMMANDS.map((command) => command.name);
  t.equal(new Set(names).size, names.length);
  for (const command of COMMANDS) {
    const flags = command.flags.map((flag) => flag.name);
    t.equal(new Set(flags).size, flags.length, `${command.name} has no flag twice`);
  }
});
