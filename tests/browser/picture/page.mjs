// A dashboard as a page, its panels placed as Grafana places them. window.draw draws it and returns complaints.
import { figures } from './figures.mjs';
import { bargauge } from './bargauge.mjs';
import { element, styled } from './dom.mjs';
import { heatmap } from './heatmap.mjs';
import { stat } from './stat.mjs';
import { statetimeline } from './statetimeline.mjs';
import { table } from './table.mjs';
import { timeseries } from './timeseries.mjs';

const KINDS = { bargauge, heatmap, stat, table, timeseries, 'state-timeline': statetimeline };
const COLUMNS = 24, ROW_PX = 30, GAP_PX = 8;
const WIDTH_PX = 1480;

function placed(made, { x, y, w, h }) {
  const column = (WIDTH_PX + GAP_PX) / COLUMNS;
  return styled(made, {
    left: `${x * column}px`, top: `${y * (ROW_PX + GAP_PX)}px`,
    width: `${w * column - GAP_PX}px`, height: `${h * (ROW_PX + GAP_PX) - GAP_PX}px`,
  });
}

// Text that does not fit its place.
function cutOff(box) {
  return [...box.querySelectorAll('td, th, .tile, .value, .text, .number, .name, .state')]
    .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0).map((each) => each.textContent);
}

// Content that is higher than its place.
function tooHigh(body) {
  return body.scrollHeight > body.clientHeight + 1 ? [`${body.scrollHeight} px high in ${body.clientHeight} px`] : [];
}

async function drawPanel(panel, answers, marks, grid) {
  const body = element('div', 'body');
  const box = placed(element('section', `panel ${panel.type}`, element('h2', '', panel.title), body), panel.gridPos);
  grid.append(box);
  const complaint = await KINDS[panel.type](panel, await figures(panel, answers), body, marks);
  if (complaint) return [complaint];
  return [...cutOff(box).map((text) => `cut off: ${text}`), ...tooHigh(body)];
}

function drawRow(row, grid) {
  const mark = row.collapsed ? '›' : '⌄';
  grid.append(placed(element('h3', '', `${mark} ${row.title}`), row.gridPos));
}

function drawHead(dashboard) {
  const chosen = dashboard.templating.list.filter(({ hide }) => hide === 0).map(({ label, current }) => element(
    'span', 'variable', element('b', '', label), element('span', '', String(current?.text ?? 'Prometheus'))));
  document.body.append(element('header', '', element('h1', '', dashboard.title), element('div', 'variables', ...chosen)));
}

window.draw = async ({ dashboard, answers, marks }) => {
  drawHead(dashboard);
  const grid = element('main', '');
  document.body.append(grid);
  const bottom = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  styled(grid, { width: `${WIDTH_PX}px`, height: `${bottom * (ROW_PX + GAP_PX)}px` });
  const complaints = [];
  for (const panel of dashboard.panels) {
    if (panel.type === 'row') drawRow(panel, grid);
    else {
      const found = await drawPanel(panel, answers[panel.id], marks, grid);
      complaints.push(...found.map((text) => `${panel.title}: ${text}`));
    }
  }
  return complaints;
};
