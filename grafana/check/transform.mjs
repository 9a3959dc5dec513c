// node transform.mjs PANELS
// PANELS is JSON: a list of {"panel": a panel of a dashboard, "answer": what Prometheus answered to its one query}. Makes
// of each answer the table that Grafana's Prometheus data source makes of an instant query, applies the panel's
// transformations with Grafana's own code, and prints the list of resulting tables: {"columns": [...], "rows": [[...]]}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const data = createRequire(import.meta.url)('@grafana/data');
// it looks for a browser while it loads, and for a window when it runs
globalThis.window = globalThis;

const own = new Map(Object.values(data.standardTransformers).map((one) => [one.id, one]));
data.standardTransformersRegistry.setInit(() =>
  [...own.values()].map((one) => ({
    id: one.id, name: one.name, transformation: () => Promise.resolve(one), imageDark: '', imageLight: '',
  })));

function table(answer) {
  const result = answer.data.result;
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  return data.toDataFrame({
    refId: 'A',
    fields: [
      { name: 'Time', type: data.FieldType.time, values: result.map((series) => series.value[0] * 1000) },
      ...labels.map((label) => ({
        name: label, type: data.FieldType.string, values: result.map((series) => series.metric[label] ?? ''),
      })),
      { name: 'Value', type: data.FieldType.number, values: result.map((series) => Number(series.value[1])) },
    ],
  });
}

function transformed({ panel, answer }) {
  for (const { id } of panel.transformations) {
    if (!own.has(id)) {
      throw new Error(`${panel.title}: not among the transformations of @grafana/data: ${id}`);
    }
  }
  return new Promise((resolve, reject) => {
    data.transformDataFrame(panel.transformations, [table(answer)]).subscribe({
      next(frames) {
        if (frames.length !== 1) {
          reject(new Error(`${panel.title}: gave ${frames.length} tables`));
        }
        const [frame] = frames;
        const rows = Array.from({ length: frame.length }, (_, i) => frame.fields.map((field) => field.values[i] ?? null));
        // the headings that a reader sees
        resolve({ columns: frame.fields.map((field) => data.getFieldDisplayName(field, frame, frames)), rows });
      },
      error: reject,
    });
  });
}

const tables = await Promise.all(JSON.parse(readFileSync(process.argv[2], 'utf8')).map(transformed));
console.log(JSON.stringify(tables));
