// Small pieces of HTML.
import { formattedValueToString, getFieldDisplayName, getFieldSeriesColor } from '@grafana/data';
import { theme } from './figures.mjs';

export const TEXT = 'rgb(204, 204, 220)';
export const FONT = '12px Inter, Helvetica, Arial, sans-serif';

export function element(kind, className, ...children) {
  const made = document.createElement(kind);
  made.className = className;
  made.append(...children);
  return made;
}

export function styled(made, style) {
  Object.assign(made.style, style);
  return made;
}

export const nameOf = (field) => getFieldDisplayName(field);
export const colorOf = (field) => getFieldSeriesColor(field, theme).color;
export const textOf = (field, value, decimals) => formattedValueToString(field.display(value, decimals));
export const lastOf = (field) => field.values.filter((value) => value !== null).at(-1) ?? null;
export const hasNumber = (field) => field.values.some((value) => Number.isFinite(value));

export function legend(entries) {
  return element('div', 'legend', ...entries.map(([name, color]) => element(
    'span', 'entry', styled(element('i', 'swatch'), { background: color }), element('span', 'text', name))));
}
