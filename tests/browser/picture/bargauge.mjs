// Named bars, the longest first.
import { valueFields } from './figures.mjs';
import { element, hasNumber, lastOf, nameOf, styled, textOf } from './dom.mjs';

export function bargauge(panel, frames, body) {
  const fields = valueFields(frames).filter(hasNumber);
  if (!fields.length) return 'no bar';
  const most = Math.max(...fields.map(lastOf), 0);
  body.classList.add('bars');
  for (const field of fields) {
    const value = lastOf(field);
    const { color } = field.display(value);
    const bar = styled(element('div', 'bar'), { width: `${most ? 100 * value / most : 0}%`, background: color });
    body.append(element('div', 'line', element('div', 'text', nameOf(field)), element('div', 'track', bar),
      styled(element('div', 'number', textOf(field, value)), { color })));
  }
  return '';
}
