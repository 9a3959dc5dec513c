// node types.mjs DASHBOARDS WORK
// Holds every dashboard against Grafana's own types: each panel as the panel of its kind, with that kind's options. A
// misspelt option, an unknown value and a value of the wrong type are errors of the compiler. Files are made in WORK.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const [dashboards, work] = process.argv.slice(2).map((path) => resolve(path));
const kinds = ['bargauge', 'heatmap', 'histogram', 'statetimeline', 'stat', 'table', 'text', 'timeseries', 'xychart'];
// what a panel calls itself where the folder of its types has another name
const types = { statetimeline: 'state-timeline' };

// JSON has no enums, and leaves out what Grafana fills in: enums become their values, everything becomes optional. What
// is written must still be known, at every depth.
const grafana = `
import type * as raw from '${modules}/@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type { GraphFieldConfig, TableFieldOptions } from '${modules}/@grafana/schema/dist/types/index';
import type { GroupingToMatrixTransformerOptions } from '${modules}/@grafana/data/dist/types/index';
${kinds.map((kind) => `import type * as ${kind} from '${modules}/@grafana/schema/dist/types/raw/composable/${kind}/panelcfg/x/types.gen';`).join('\n')}

type L<T> = T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends Array<infer U> ? Array<L<U>>
  : T extends object ? { [K in keyof T]?: L<T[K]> }
  : T;

type Source = { type: 'prometheus'; uid: '\${datasource}' };
type Target = {
  refId: string; datasource: Source; editorMode: 'code'; expr: string;
  format: 'time_series' | 'table' | 'heatmap'; instant: boolean; range: boolean;
  legendFormat?: string; exemplar?: boolean; interval?: string;
};
type Transformation =
  | { id: 'sortBy'; options: { fields: {}; sort: Array<{ field: string; desc: boolean }> } }
  | { id: 'groupingToMatrix'; options: L<GroupingToMatrixTransformerOptions> }
  | { id: 'organize'; options: {
      excludeByName: Record<string, boolean>; indexByName: Record<string, number>; renameByName: Record<string, string> } };
type Special = 'fieldConfig' | 'options' | 'targets' | 'transformations' | 'type' | 'datasource' | 'title' | 'description';
type Panel<Type, Options, Custom> = L<Omit<raw.Panel, Special>> & {
  type: Type; title: string; description: string; datasource: Source;
  options: L<Options>;
  fieldConfig: {
    defaults: L<Omit<raw.FieldConfig, 'custom' | 'thresholds'>> & {
      custom?: L<Custom>;
      // the first step has no value in JSON, which is minus infinity in the types
      thresholds?: { mode: 'absolute' | 'percentage'; steps: Array<{ color: string; value: number | null }> };
    };
    overrides: Array<{
      matcher: { id: 'byName' | 'byRegexp' | 'byType'; options: string };
      properties: Array<{ id: string; value: unknown }>;
    }>;
  };
  targets: Target[];
  transformations?: Transformation[];
};
export type Row = L<raw.RowPanel> & { type: 'row' };
${kinds
  .map((kind) => {
    const custom = { timeseries: 'GraphFieldConfig', table: 'TableFieldOptions', stat: '{}', bargauge: '{}', text: '{}' };
    return `export type ${kind}Panel = Panel<'${types[kind] ?? kind}', ${kind}.Options, ${custom[kind] ?? `${kind}.FieldConfig`}>;`;
  })
  .join('\n')}
type Variable = L<Omit<raw.VariableModel, 'query' | 'datasource'>> & {
  datasource?: Source; definition?: string; query: string | { query: string; refId: string };
};
type Annotation = L<Omit<raw.AnnotationQuery, 'target' | 'datasource'>> & {
  datasource: Source; expr: string; step: string; titleFormat: string; textFormat: string; tagKeys: string;
  useValueForTime: boolean;
};
export type Dashboard = L<Omit<raw.Dashboard, 'panels' | 'templating' | 'annotations'>> & {
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
};
`;

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
writeFileSync(join(work, 'grafana.ts'), grafana);
let panels = 0;
const files = readdirSync(dashboards).filter((name) => name.endsWith('.json'));
for (const file of files) {
  const { panels: list, ...rest } = JSON.parse(readFileSync(join(dashboards, file), 'utf8'));
  const name = basename(file, '.json');
  const lines = [`import type { ${['Dashboard', 'Row', ...kinds.map((kind) => `${kind}Panel`)].join(', ')} } from './grafana';`];
  lines.push(`export const dashboard = ${JSON.stringify(rest, null, 1)} satisfies Dashboard;`);
  list.forEach((panel, i) => {
    const kind = panel.type.replaceAll('-', '');
    if (panel.type !== 'row' && !kinds.includes(kind)) {
      console.error(`${file}: ${panel.title}: no types are looked up for panels of type ${panel.type}`);
      process.exit(1);
    }
    const type = panel.type === 'row' ? 'Row' : `${kind}Panel`;
    lines.push(`// ${panel.title}\nexport const panel${i} = ${JSON.stringify(panel, null, 1)} satisfies ${type};`);
    panels++;
  });
  writeFileSync(join(work, `${name}.ts`), lines.join('\n') + '\n');
}
const options = {
  compilerOptions: {
    strict: true, noEmit: true, skipLibCheck: true, target: 'es2022', module: 'esnext', moduleResolution: 'bundler',
    types: [],
  },
  include: ['*.ts'],
};
writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(options));
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const checked = spawnSync(process.execPath, [compiler, '-p', work, '--pretty', 'false'], { encoding: 'utf8', cwd: work });
process.stdout.write(checked.stdout + checked.stderr);
if (checked.status !== 0 || panels === 0) {
  console.error('the dashboards are not what Grafana takes');
  process.exit(1);
}
console.log(JSON.stringify({ dashboards: files.length, panels }));
