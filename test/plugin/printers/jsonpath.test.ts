import t from 'tap';
import { printJsonpath } from '../../../plugin/printers/jsonpath.ts';

const OBJECT = {
  active: 'green',
  count: 2,
  colors: [
    { color: 'blue', role: 'preview', weight: 0, images: ['a:1'], tested: false },
    { color: 'green', role: 'active', weight: 100, images: ['a:2', 'b:2'], tested: true, note: "it's (fine)" },
  ],
  annotations: { 'x.y/z': 'dotted' },
};
// What kubectl 1.34 prints for the same template and object.
const SAME: Readonly<Record<string, string>> = {
  '{.active}': 'green',
  '.active': 'green',
  active: 'green',
  '{$.active} is active{"\\n"}': 'green is active\n',
  '{.colors[*].color}': 'blue green',
  '{.colors[-1].color}': 'green',
  '{.colors[-1:].color}': 'green',
  '{.colors[0:1].color}': 'blue',
  '{..color}': 'blue green',
  "{.annotations['x\\.y/z']}": 'dotted',
  '{.annotations.x\\.y/z}': 'dotted',
  '{.colors[?(@.role=="active")].images[*]}': 'a:2 b:2',
  "{.colors[?(@.role == 'active')].color}": 'green',
  '{.colors[?(@.role!="active")].color}': 'blue',
  '{.colors[?(@.weight>50)].color}': 'green',
  '{.colors[?(@.weight<=0)].color}': 'blue',
  '{.colors[?(@.tested==true)].color}': 'green',
  '{.colors[?(@.note)].color}': 'green',
  '{.colors[?(@.note=="it\'s (fine)")].color}': 'green',
  '{range .colors[?(@.weight==100)]}{.color}={.weight}{"\\n"}{end}': 'green=100\n',
  '{range .colors[*]}{.color} {end}': 'blue green ',
  '{.none}': '',
  '{.colors[0].images}': '["a:1"]',
};

t.test('templates print what kubectl prints', async (t) => {
  for (const [template, wanted] of Object.entries(SAME)) t.equal(printJsonpath(OBJECT, template), wanted, template);
});

t.test('what is not understood is denied', async (t) => {
  for (const template of ['{.a[?(b)]}', '{.a[0}', '{.a[?(@.b=~/x/)]}', '{end}', '{.a[?(@.b==c)]}']) {
    t.throws(() => printJsonpath(OBJECT, template), /error parsing jsonpath/, template);
  }
});
