// Buckets over time: the more is in one, the brighter. Prometheus' buckets hold what those below them hold, too.
import { formattedValueToString, getValueFormat } from '@grafana/data';
import { valueFields } from './figures.mjs';
import { FONT, TEXT, element, hasNumber } from './dom.mjs';

const LEFT_PX = 56, BOTTOM_PX = 24, LABEL_PX = 16, HOUR_LABEL_PX = 36, HOUR_MS = 3_600_000, HOURS_BETWEEN_LABELS = 4;

const boundOf = (field) => Number(field.labels.le.replace('+Inf', 'Infinity'));

// From the lowest bucket: what each holds alone, without buckets that never hold anything.
function bucketsOf(fields) {
  const sorted = [...fields].sort((a, b) => boundOf(a) - boundOf(b));
  return sorted.map((field, index) => ({
    bound: boundOf(field),
    values: field.values.map((value, at) => Math.max(0, (value ?? 0) - (index ? sorted[index - 1].values[at] ?? 0 : 0))),
  })).filter(({ values }) => values.some((value) => value > 1e-9));
}

function color(share) {
  const level = Math.sqrt(share);
  return `hsl(${Math.round(240 - 220 * level)}, 75%, ${Math.round(25 + 35 * level)}%)`;
}

export function heatmap(panel, frames, body) {
  const buckets = bucketsOf(valueFields(frames).filter(hasNumber));
  if (!buckets.length) return 'no bucket';
  const times = frames[0].fields[0].values, most = Math.max(...buckets.flatMap(({ values }) => values));
  const plot = element('canvas', 'plot');
  body.append(plot);
  [plot.width, plot.height] = [plot.clientWidth, plot.clientHeight];
  const pen = plot.getContext('2d'), format = getValueFormat(panel.options.yAxis.unit);
  const width = (plot.width - LEFT_PX) / times.length, height = (plot.height - BOTTOM_PX) / buckets.length;
  pen.font = FONT;
  pen.textBaseline = 'middle';
  buckets.forEach(({ bound, values }, row) => {
    const y = plot.height - BOTTOM_PX - (row + 1) * height;
    values.forEach((value, at) => {
      if (value <= 1e-9) return;
      pen.fillStyle = color(value / most);
      pen.fillRect(LEFT_PX + at * width, y, Math.ceil(width), height - 1);
    });
    pen.fillStyle = TEXT;
    if (height >= LABEL_PX || row % 2 === 0)
      pen.fillText(Number.isFinite(bound) ? formattedValueToString(format(bound)) : 'longer', 0, y + height / 2);
  });
  times.forEach((time, at) => {
    if (time % (HOURS_BETWEEN_LABELS * HOUR_MS)) return;
    const x = Math.min(LEFT_PX + at * width, plot.width - HOUR_LABEL_PX);
    pen.fillText(new Date(time).toISOString().slice(11, 16), x, plot.height - BOTTOM_PX / 2);
  });
  return '';
}
