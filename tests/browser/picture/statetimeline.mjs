// States over time: one bar per series, divided where its state changes.
import { valueFields } from './figures.mjs';
import { element, hasNumber, legend, nameOf, styled } from './dom.mjs';

function stretches(values) {
  const found = [];
  for (const value of values) {
    if (found.length && found.at(-1).value === value) found.at(-1).length += 1;
    else found.push({ value, length: 1 });
  }
  return found;
}

function bar(field) {
  return element('div', 'states', ...stretches(field.values).map(({ value, length }) => {
    const { text, color } = value === null ? { text: '', color: 'transparent' } : field.display(value);
    return styled(element('div', 'state', length / field.values.length > 0.15 ? text : ''),
      { width: `${100 * length / field.values.length}%`, background: color });
  }));
}

export function statetimeline(panel, frames, body) {
  const fields = valueFields(frames).filter(hasNumber);
  if (!fields.length) return 'no state';
  const shown = new Map(fields.flatMap((field) => field.values.filter((value) => value !== null).map((value) => {
    const { text, color } = field.display(value);
    return [text, color];
  })));
  body.append(element('div', 'timeline', ...fields.flatMap((field) => [element('div', 'text', nameOf(field)), bar(field)])),
    legend([...shown]));
  return '';
}
