// Big numbers: one tile per series, with a graph of its values.
import { valueFields } from './figures.mjs';
import { element, hasNumber, lastOf, nameOf, styled, textOf } from './dom.mjs';
import { sparkline } from './timeseries.mjs';

function tile(panel, field, several) {
  const value = lastOf(field);
  const { color } = field.display(value);
  const onlyName = panel.options.textMode === 'name';
  const text = element('div', 'value', onlyName ? nameOf(field) : textOf(field, value));
  const made = element('div', 'tile', ...(several && !onlyName ? [element('div', 'name', nameOf(field))] : []),
    styled(text, { color: onlyName ? 'rgb(204, 204, 220)' : color }));
  return [made, color];
}

const LEAST_PX = 12;

// All values of a panel get the size at which the longest fits, as in Grafana.
function fit(body) {
  const values = [...body.querySelectorAll('.value')], tiles = [...body.querySelectorAll('.tile')];
  let size = parseFloat(getComputedStyle(values[0]).fontSize);
  while (size > LEAST_PX && tiles.some((each) => each.scrollWidth > each.clientWidth)) {
    size -= 1;
    for (const value of values) value.style.fontSize = `${size}px`;
  }
}

export function stat(panel, frames, body) {
  const fields = valueFields(frames).filter(hasNumber);
  if (!fields.length) return 'no value';
  body.classList.add('tiles');
  if (panel.gridPos.w >= 8 || fields.length === 1) body.classList.add('beside');
  for (const field of fields) {
    const [made, color] = tile(panel, field, fields.length > 1);
    body.append(made);
    if (panel.options.graphMode === 'area' && field.values.length > 1) {
      const box = element('div', 'spark');
      made.append(box);
      sparkline(field, color, box);
    }
  }
  fit(body);
  return '';
}
