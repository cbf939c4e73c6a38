// Rows and columns, with colours and bars as their options say.
import { FieldType, getFieldColorModeForField, getFieldDisplayName, sortDataFrame } from '@grafana/data';
import { element, styled, textOf } from './dom.mjs';
import { theme } from './figures.mjs';

const empty = (value) => value === null || value === undefined || value === '';

const cellKind = (field) => field.config.custom?.cellOptions?.type ?? 'auto';
const sideOf = (field) => (field.type === FieldType.number && cellKind(field) !== 'color-background' ? 'right' : 'left');

function barCell(field, value, text) {
  const most = Math.max(...field.values.filter((each) => !empty(each)));
  const color = getFieldColorModeForField(field).getCalculator(field, theme)(value, value / (most || 1));
  const bar = styled(element('div', 'bar'), { width: `${most ? 100 * value / most : 0}%`, background: color });
  return element('td', 'gauge', element('div', 'inside', element('div', 'track', bar), element('div', 'number', text)));
}

function cell(field, row) {
  const value = field.values[row];
  if (empty(value)) return element('td', '');
  const text = textOf(field, value);
  const kind = cellKind(field);
  if (kind === 'gauge') return barCell(field, value, text);
  const made = element('td', sideOf(field), field.config.links?.length ? element('a', '', text) : text);
  const { color } = field.display(value);
  if (kind === 'color-text') made.style.color = color;
  if (kind === 'color-background') Object.assign(made.style, { background: color, color: theme.colors.getContrastText(color) });
  return made;
}

function linksComplaint(fields) {
  const names = fields.map((field) => getFieldDisplayName(field));
  const wanted = fields.flatMap((field) => (field.config.links ?? []).flatMap(
    (link) => [...link.url.matchAll(/__data\.fields\.(\w+)/g)].map((match) => match[1])));
  const missing = wanted.filter((name) => !names.includes(name));
  return missing.length ? `links take columns that are not there: ${missing}` : '';
}

function missingColumns(panel, fields) {
  const wanted = Object.values(panel.transformations.find(({ id }) => id === 'organize').options.renameByName);
  const filled = fields.filter((field) => field.values.some((value) => !empty(value))).map((field) => getFieldDisplayName(field));
  const missing = wanted.filter((name) => !filled.includes(name));
  return missing.length ? `empty columns: ${missing}` : '';
}

export function table(panel, frames, body) {
  if (frames.length !== 1 || !frames[0].length) return 'no row';
  const [{ displayName, desc }] = panel.options.sortBy;
  const by = frames[0].fields.findIndex((field) => getFieldDisplayName(field) === displayName);
  if (by < 0) return `no column ${displayName} to sort by`;
  const { fields, length } = sortDataFrame(frames[0], by, desc);
  const head = element('tr', '', ...fields.map((field) => styled(
    element('th', sideOf(field), getFieldDisplayName(field)),
    { width: field.config.custom?.width ? `${field.config.custom.width}px` : 'auto' })));
  const rows = Array.from({ length }, (_, row) => element('tr', '', ...fields.map((field) => cell(field, row))));
  body.append(element('table', '', element('thead', '', head), element('tbody', '', ...rows)));
  return linksComplaint(fields) || missingColumns(panel, fields);
}
