// Answers of Prometheus as Grafana's own data frames, with units, thresholds, mappings and overrides applied.
import {
  FieldConfigOptionsRegistry, FieldType, applyFieldOverrides, createTheme, identityOverrideProcessor,
  standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame,
} from '@grafana/data';

export const theme = createTheme({ colors: { mode: 'dark' } });

const ALL_PANELS = ['unit', 'min', 'max', 'decimals', 'mappings', 'thresholds', 'color', 'links'];
const CUSTOM = ['cellOptions', 'width', 'fillOpacity', 'lineWidth', 'stacking', 'drawStyle'];
const option = (id, isCustom) => ({
  id: isCustom ? `custom.${id}` : id, path: id, name: id, isCustom,
  process: identityOverrideProcessor, shouldApply: () => true, override: () => null, editor: () => null,
});
const fieldOptions = new FieldConfigOptionsRegistry(
  () => [...ALL_PANELS.map((id) => option(id, false)), ...CUSTOM.map((id) => option(id, true))]);

const { mergeTransformer, organizeFieldsTransformer } = standardTransformers;
standardTransformersRegistry.setInit(() => [mergeTransformer, organizeFieldsTransformer].map(
  (transformation) => ({ id: transformation.id, name: transformation.name, transformation })));

const number = (text) => (Number.isNaN(Number(text)) ? null : Number(text));

const named = (legend, labels) => legend.replace(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? '');

// Each series at all times, empty where it has no sample, so that lines show gaps.
function seriesFrame(target, series, times) {
  const samples = new Map((series.values ?? [series.value]).map(([time, value]) => [time, number(value)]));
  const at = series.values ? times : [...samples.keys()];
  const legend = target.legendFormat === '__auto' ? '' : named(target.legendFormat, series.metric);
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: at.map((time) => time * 1000) },
      {
        name: 'Value', type: FieldType.number, labels: series.metric, values: at.map((time) => samples.get(time) ?? null),
        config: legend ? { displayName: legend } : {},
      },
    ],
  });
}

function tableFrame(target, result, only) {
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: result.map((series) => series.value[0] * 1000) },
      ...labels.map((label) => (
        { name: label, type: FieldType.string, values: result.map((series) => series.metric[label] ?? '') })),
      {
        name: only ? 'Value' : `Value #${target.refId}`, type: FieldType.number,
        values: result.map((series) => number(series.value[1])),
      },
    ],
  });
}

function framesOf(answers) {
  return answers.flatMap(({ target, result, times }) => {
    if (target.format === 'table') return result.length ? [tableFrame(target, result, answers.length === 1)] : [];
    return result.map((series) => seriesFrame(target, series, times));
  });
}

function transformed(panel, frames) {
  return new Promise((resolve, reject) => {
    transformDataFrame(panel.transformations ?? [], frames).subscribe({ next: resolve, error: reject });
  });
}

// In JSON the lowest threshold has no value.
function withLowest(config) {
  const steps = config.thresholds.steps.map((step) => ({ ...step, value: step.value ?? -Infinity }));
  return { ...config, thresholds: { ...config.thresholds, steps } };
}

export async function figures(panel, answers) {
  const config = panel.fieldConfig;
  const overrides = config.overrides.map((each) => ({
    ...each,
    properties: each.properties.map((property) => (
      property.id === 'thresholds' ? { ...property, value: withLowest({ thresholds: property.value }).thresholds } : property)),
  }));
  return applyFieldOverrides({
    data: await transformed(panel, framesOf(answers)),
    fieldConfig: { defaults: withLowest(config.defaults), overrides },
    fieldConfigRegistry: fieldOptions,
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
}

export const valueFields = (frames) => frames.flatMap(
  (frame) => frame.fields.filter((field) => field.type === FieldType.number));
