// node promql.mjs DASHBOARDS NAMES
// Parses every expression of every dashboard with the grammar that Grafana's and Prometheus' own editors use, after the
// variables have been put in, and holds every name of a series against those in the file NAMES, one a line.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';

const [dashboards, names] = process.argv.slice(2);
const known = new Set(readFileSync(names, 'utf8').split('\n').filter(Boolean));
const wrong = [];
const seen = new Set();
let expressions = 0;

function check(where, expression) {
  expressions++;
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) {
        wrong.push(`${where}: does not parse at ${node.from}: ${expression}`);
      } else if (node.name === 'VectorSelector') {
        const name = node.node.getChild('Identifier');
        const series = name ? expression.slice(name.from, name.to) : text;
        seen.add(series);
        if (!known.has(series)) {
          wrong.push(`${where}: no such series: ${series}`);
        }
      }
    },
  });
}

/** One expression for each value that a variable of written values can have. */
function each(dashboard, expression) {
  let list = [expression];
  for (const variable of dashboard.templating.list) {
    if (variable.type === 'custom') {
      const uses = new RegExp(`\\$(\\{${variable.name}\\}|${variable.name}\\b)`, 'g');
      list = list.flatMap((one) =>
        uses.test(one) ? variable.options.map((option) => one.replace(uses, option.value)) : [one]);
    }
  }
  return list.map((one) =>
    one
      .replaceAll('$__rate_interval', '4s')
      .replaceAll('$__interval', '1s')
      .replaceAll('$__range', '900s')
      .replace(/\$\{?\w+\}?/g, '.+'));
}

for (const file of readdirSync(dashboards).filter((name) => name.endsWith('.json'))) {
  const dashboard = JSON.parse(readFileSync(join(dashboards, file), 'utf8'));
  for (const panel of dashboard.panels) {
    for (const target of panel.targets ?? []) {
      each(dashboard, target.expr).forEach((one) => check(`${file}: ${panel.title}`, one));
    }
  }
  for (const annotation of dashboard.annotations.list) {
    each(dashboard, annotation.expr).forEach((one) => check(`${file}: ${annotation.name}`, one));
  }
  for (const variable of dashboard.templating.list) {
    const selector = /^label_values\((.+), \w+\)$/.exec(variable.definition ?? '');
    if (selector) {
      each(dashboard, selector[1]).forEach((one) => check(`${file}: $${variable.name}`, one));
    }
  }
}
wrong.forEach((line) => console.error(line));
if (wrong.length > 0 || expressions === 0) {
  process.exit(1);
}
console.log(JSON.stringify({ expressions, series: seen.size }));
