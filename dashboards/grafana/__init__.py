"""Source of the dashboards: query, panel, dashboard and layouts are building blocks; each other module is one
dashboard."""
