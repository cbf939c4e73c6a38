// The type of a dashboard in JSON by Grafana's published types, with the options and fields of its panels.
import type { AnnotationQuery, Dashboard, FieldConfig, FieldConfigSource, Panel, RowPanel } from '@grafana/schema';
import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as statetimeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// JSON has the text of an enum's value. Records of anything stay so.
type Json<T> = T extends string ? `${T}`
  : T extends (infer Each)[] ? Json<Each>[]
  : T extends object ? { [Key in keyof T]: Json<T[Key]> }
  : T;

type Field = Omit<FieldConfig, 'custom'>;
type NoCustom = Record<string, never>;

// A property of an override: one of the panel's own fields, or one that all panels have.
type Property<Custom> =
  | { [Key in keyof Custom & string]: { id: `custom.${Key}`; value: Custom[Key] } }[keyof Custom & string]
  | { [Key in keyof Field & string]: { id: Key; value: Field[Key] } }[keyof Field & string];

interface PanelOf<Type, Options, Custom> extends Omit<Panel, 'type' | 'options' | 'fieldConfig'> {
  type: Type;
  options: Options;
  fieldConfig: {
    defaults: Field & { custom: Custom };
    overrides: { matcher: FieldConfigSource['overrides'][0]['matcher']; properties: Property<Custom>[] }[];
  };
}

type AnyPanel =
  | PanelOf<'bargauge', bargauge.Options, NoCustom>
  | PanelOf<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | PanelOf<'stat', stat.Options, NoCustom>
  | PanelOf<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | PanelOf<'table', table.Options, table.FieldConfig>
  | PanelOf<'timeseries', timeseries.Options, timeseries.FieldConfig>;

type Row = Omit<RowPanel, 'type' | 'panels'> & { type: 'row'; panels: AnyPanel[] };

// What the data source Prometheus adds to an annotation; Grafana publishes no type of it.
interface Annotation extends AnnotationQuery {
  expr: string;
  step: string;
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
  useValueForTime: boolean;
}

export type GrafanaDashboard = Json<
  Omit<Dashboard, 'panels' | 'annotations'> & { panels: (AnyPanel | Row)[]; annotations: { list: Annotation[] } }>;
