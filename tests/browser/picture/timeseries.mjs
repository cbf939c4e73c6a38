// Lines, as Grafana draws them: by uPlot. A stacked series is drawn on top of the sum of those below it.
import uPlot from 'uplot';
import { theme, valueFields } from './figures.mjs';
import { FONT, TEXT, colorOf, element, hasNumber, legend, nameOf, textOf } from './dom.mjs';

const GRID = 'rgba(204, 204, 220, 0.07)';
const GAP_PX = 8, LEAST_AXIS_PX = 24;

const axis = { stroke: TEXT, font: FONT, ticks: { show: false }, grid: { stroke: GRID, width: 1 } };

function textWidth(text) {
  const context = document.createElement('canvas').getContext('2d');
  context.font = FONT;
  return context.measureText(text).width;
}

// Ticks of bytes are powers of two, as Grafana has them for units that count by 1024.
const BINARY = Array.from({ length: 60 }, (_, power) => 2 ** power);

const decimalsOf = (step) => String(Number(step.toPrecision(6))).split('.')[1]?.length;

function valueAxis(field) {
  const scaled = field.config.unit === 's';
  return {
    ...axis,
    ...(field.config.unit === 'bytes' ? { incrs: BINARY } : {}),
    values: (_, splits, __, ___, step) => splits.map((value) => textOf(field, value, scaled ? undefined : decimalsOf(step))),
    size: (_, texts) => Math.ceil(Math.max(LEAST_AXIS_PX, ...(texts ?? []).map(textWidth))) + 2 * GAP_PX,
  };
}

const timeAxis = {
  ...axis,
  space: 80,
  gap: 10,
  size: 32,
  // Without seconds where ticks are minutes apart.
  values: (_, splits, __, ___, step) => splits.map((time) => new Date(time * 1000).toISOString().slice(11, step < 60 ? 19 : 16)),
};

// A missing value counts as 0 where another series has a value.
function sums(columns) {
  const total = columns[0].map(() => 0);
  const some = total.map((_, index) => columns.some((column) => column[index] !== null));
  return columns.map((column) => column.map((value, index) => {
    total[index] += value ?? 0;
    return some[index] ? total[index] : null;
  }));
}

function withAlpha(color, percent) {
  const hex = Math.round(percent * 2.55).toString(16).padStart(2, '0');
  return color.length === 7 ? color + hex : color;
}

function range(config) {
  return (_, low, high) => {
    const top = config.max ?? high, bottom = config.min ?? low;
    return [bottom, top > bottom ? top + (config.max === undefined ? (top - bottom) * 0.1 : 0) : bottom + 1];
  };
}

// Annotations: a dashed line at each time, with a corner at its foot.
function drawMarks(chart, marks) {
  const { ctx, bbox } = chart, ratio = devicePixelRatio, bottom = bbox.top + bbox.height;
  ctx.save();
  for (const { time, color } of marks) {
    const x = chart.valToPos(time, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = theme.visualization.getColorByName(color);
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bottom);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x, bottom - 5 * ratio);
    ctx.lineTo(x - 4 * ratio, bottom + ratio);
    ctx.lineTo(x + 4 * ratio, bottom + ratio);
    ctx.fill();
  }
  ctx.restore();
}

export function timeseries(panel, frames, body, marks) {
  const fields = valueFields(frames).filter(hasNumber);
  if (!fields.length) return 'no line';
  const { config } = fields[0];
  const stacked = config.custom.stacking?.mode === 'normal';
  const columns = fields.map((field) => field.values);
  const drawn = stacked ? sums(columns) : columns;
  const plot = element('div', 'plot');
  body.append(plot, legend(fields.map((field) => [nameOf(field), colorOf(field)])));
  const chart = new uPlot({
    width: plot.clientWidth, height: plot.clientHeight, legend: { show: false }, cursor: { show: false },
    padding: [8, 30, 0, 0],
    scales: { x: { time: true }, y: { range: range(config) } },
    axes: [timeAxis, valueAxis(fields[0])],
    hooks: { draw: [(drawn) => drawMarks(drawn, marks)] },
    bands: stacked ? fields.slice(1).map((_, index) => ({ series: [index + 2, index + 1] })) : [],
    series: [{}, ...fields.map((field) => ({
      stroke: colorOf(field), fill: withAlpha(colorOf(field), config.custom.fillOpacity ?? 0),
      width: config.custom.lineWidth, points: { show: false },
    }))],
  }, [frames[0].fields[0].values.map((time) => time / 1000), ...drawn], plot);
  const ticks = chart.axes[1]._values ?? [];
  if (new Set(ticks).size < ticks.length) return `values of the axis repeat: ${ticks}`;
  return '';
}

export function sparkline(field, color, box) {
  const values = field.values;
  new uPlot({
    width: box.clientWidth, height: box.clientHeight, legend: { show: false }, cursor: { show: false }, padding: [4, 0, 0, 0],
    axes: [{ show: false }, { show: false }], scales: { x: { time: false } },
    series: [{}, { stroke: color, fill: withAlpha(color, 20), width: 1, points: { show: false } }],
  }, [values.map((_, index) => index), values], box);
}
